#include "examples/access_point/body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace access_point {
namespace {

constexpr Framing kChunked = {Framing::Kind::kChunked};

struct Decoded {
  std::string content;
  std::string trailers;
  std::size_t used = 0;
  bool done = false;
  bool bad = false;
};

// Gives the bytes to a decoder, `step` more at a time.
Decoded Decode(const Framing& framing, std::string bytes, std::size_t step) {
  BodyDecoder decoder(framing);
  Decoded decoded;
  for (std::size_t end = 0; end < bytes.size();) {
    end = std::min(bytes.size(), end + step);
    const BodyDecoder::Piece piece =
        decoder.Decode({bytes.data() + decoded.used, end - decoded.used});
    decoded.content += piece.content;
    decoded.used += piece.used;
  }
  decoded.trailers = decoder.trailers();
  decoded.done = decoder.done();
  decoded.bad = decoder.bad();
  return decoded;
}

TEST(Chunks, AreDecodedHoweverTheBytesWereSplit) {
  const std::string body =
      "5;a=\"b\"; c\r\nhello\r\n0007 \t; x\r\n, world\r\n1\r\n!\r\n0;end\r\n"
      "X-Sum: 9\r\nY:\r\n\r\n";
  for (std::size_t step = 1; step <= body.size() + 4; ++step) {
    const Decoded decoded = Decode(kChunked, body + "NEXT", step);
    EXPECT_EQ(decoded.content, "hello, world!") << step;
    EXPECT_EQ(decoded.trailers, "X-Sum: 9\r\nY:\r\n\r\n") << step;
    EXPECT_EQ(decoded.used, body.size()) << step;
    EXPECT_TRUE(decoded.done) << step;
  }
}

TEST(Chunks, MalformedOnesAreBadHoweverTheBytesWereSplit) {
  for (const char* body : {" 5\r\nhello\r\n",
                           "0x5\r\nhello\r\n",
                           "+5\r\nhello\r\n",
                           "-5\r\n",
                           "\r\n",
                           ";a\r\n",
                           "g\r\n",
                           "5\nhello\n",
                           "5\rhello",
                           "5 6\r\nhello",
                           "5\r\nhelloXX",
                           "5\r\nhello\n",
                           "5\r\nhello\r0",
                           "5;a\nb\r\n",
                           "5;a\x01\r\n",
                           "5;a\rb\r\n",
                           "8000000000000000\r\n",
                           "10000000000000005\r\n",
                           "0\r\nX 1\r\n\r\n",
                           "0\r\n X: 1\r\n\r\n",
                           "0\r\nX: 1\n\r\n",
                           "0\r\nX: 1\rY\r\n",
                           "0\r\n\n",
                           "0\n\r\n"}) {
    for (std::size_t step = 1; step <= 30; ++step) {
      EXPECT_TRUE(Decode(kChunked, body, step).bad) << body << step;
    }
  }
}

TEST(Chunks, LinesAndTrailersAreBoundedWhateverFillsThem) {
  const std::string many(kTrailerLimit + 10, 'a');
  std::string fields;
  while (fields.size() <= kTrailerLimit) fields += "a: b\r\n";
  for (const std::string& body :
       {absl::StrCat("5;", many), std::string(kChunkLineLimit + 1, '0'),
        absl::StrCat("5", std::string(kChunkLineLimit, ' ')),
        absl::StrCat("0\r\nX: ", many), absl::StrCat("0\r\n", many),
        absl::StrCat("0\r\n", fields)}) {
    EXPECT_TRUE(Decode(kChunked, body, 1000).bad) << body.substr(0, 20);
  }
}

TEST(Chunks, LargestSizeIsTaken) {
  BodyDecoder decoder(kChunked);
  std::string bytes = "7fffffffffffffff\r\nx";
  EXPECT_EQ(decoder.Decode(bytes).content, "x");
  EXPECT_FALSE(decoder.bad());
}

TEST(Length, EndsTheContentAndLeavesTheRest) {
  for (std::size_t step = 1; step < 12; ++step) {
    const Decoded decoded =
        Decode({Framing::Kind::kLength, 5}, "helloNEXT", step);
    EXPECT_EQ(decoded.content, "hello");
    EXPECT_EQ(decoded.used, 5u);
    EXPECT_TRUE(decoded.done);
  }
  EXPECT_TRUE(BodyDecoder({Framing::Kind::kLength, 0}).done());
  EXPECT_TRUE(BodyDecoder(Framing{}).done());
}

TEST(End, CompletesOnlyContentThatLastsToTheClose) {
  BodyDecoder to_close({Framing::Kind::kToClose});
  std::string bytes = "hello";
  EXPECT_EQ(to_close.Decode(bytes).content, "hello");
  EXPECT_FALSE(to_close.done());
  to_close.End();
  EXPECT_TRUE(to_close.done());
  for (const Framing& framing :
       {kChunked, Framing{Framing::Kind::kLength, 9}}) {
    BodyDecoder decoder(framing);
    decoder.End();
    EXPECT_TRUE(decoder.bad());
  }
}

unsigned RefusalOf(const std::string& fields, const char* version = "1.1") {
  RequestHead head;
  const std::string text =
      absl::StrCat("POST / HTTP/", version, "\r\n", fields, "\r\n");
  EXPECT_EQ(ParseRequest(text, head), std::nullopt) << text;
  unsigned refusal = 0;
  const auto framing = FramingOf(head, refusal);
  EXPECT_EQ(framing.has_value(), refusal == 0);
  return refusal;
}

TEST(RequestFraming, ContradictionsAndBadLengthsAre400) {
  for (const char* fields :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: 3, 3\r\n", "Content-Length: +3\r\n",
        "Content-Length: -3\r\n", "Content-Length:\r\n",
        "Content-Length: 3;\r\n", "Content-Length: 3 3\r\n",
        "Content-Length: 0x3\r\n", "Content-Length: 9223372036854775808\r\n",
        "Content-Length: 18446744073709551621\r\n",
        "Content-Length: x\r\nContent-Length: x\r\n"}) {
    EXPECT_EQ(RefusalOf(fields), 400u) << fields;
  }
  EXPECT_EQ(RefusalOf("Transfer-Encoding: chunked\r\n", "1.0"), 400u);
}

TEST(RequestFraming, OtherCodingsAre501) {
  for (const char* value :
       {"gzip, chunked", "chunked, chunked", "identity", "xchunked", "chunked,",
        ",chunked", "\"chunked\"", "chunked;q=1", ""}) {
    EXPECT_EQ(RefusalOf(absl::StrCat("Transfer-Encoding: ", value, "\r\n")),
              501u)
        << value;
  }
  EXPECT_EQ(RefusalOf("Transfer-Encoding: identity\r\n"
                      "Transfer-Encoding: chunked\r\n"),
            501u);
}

TEST(RequestFraming, ALengthMayBeRepeatedAndCodingsAreInAnyCase) {
  EXPECT_EQ(RefusalOf("Content-Length: 3\r\nContent-Length: 3\r\n"), 0u);
  EXPECT_EQ(RefusalOf("Content-Length: 0005\r\n"), 0u);
  EXPECT_EQ(RefusalOf("Transfer-Encoding: \tCHUNKED \r\n"), 0u);
}

std::optional<Framing> Responds(const std::string& text, bool to_head) {
  ResponseHead head;
  const std::string whole = absl::StrCat("HTTP/1.1 ", text, "\r\n\r\n");
  EXPECT_TRUE(ParseResponse(whole, head));
  return FramingOf(head, to_head);
}

TEST(ResponseFraming, FollowsTheStatusAndTheRequestBeforeTheFields) {
  using Kind = Framing::Kind;
  const std::string length = "200\r\nContent-Length: 7";
  EXPECT_EQ(Responds(length, false)->kind, Kind::kLength);
  EXPECT_EQ(Responds(length, false)->length, 7u);
  EXPECT_EQ(Responds(length, true)->kind, Kind::kNone);
  EXPECT_EQ(Responds("304\r\nContent-Length: 7", false)->kind, Kind::kNone);
  EXPECT_EQ(Responds("204\r\nContent-Length: 7", false)->kind, Kind::kNone);
  EXPECT_EQ(Responds("103\r\nContent-Length: 7", false)->kind, Kind::kNone);
  EXPECT_EQ(Responds("200", false)->kind, Kind::kToClose);
  EXPECT_EQ(Responds("200\r\nTransfer-Encoding: chunked", false)->kind,
            Kind::kChunked);
  EXPECT_EQ(Responds("200\r\nTransfer-Encoding: gzip", false), std::nullopt);
  EXPECT_EQ(Responds("200\r\nContent-Length: 7\r\nContent-Length: 8", false),
            std::nullopt);
}

}  // namespace
}  // namespace access_point
