#include "examples/access_point/head.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace access_point {
namespace {

TEST(HeadEnd, IsFoundWhereverTheBytesWereSplit) {
  for (const std::string head : {"A\r\nB: c\r\n\r\n", "A\nB: c\n\n"}) {
    const std::string bytes = head + "more\r\n\r\n";
    for (std::size_t known = 0; known < head.size(); ++known) {
      EXPECT_EQ(FindHeadEnd(head.substr(0, known), 0), std::nullopt) << known;
      EXPECT_EQ(FindHeadEnd(bytes, known), head.size()) << known;
    }
  }
}

TEST(RequestHead, IsReadWithItsFields) {
  RequestHead head;
  const std::string text =
      "M-SEARCH /a?b=|c HTTP/1.1\r\nHost: h\r\nX:\t \xc3\xa4 b \t\r\nEmpty:\r\n"
      "\r\n";
  ASSERT_EQ(ParseRequest(text, head), std::nullopt);
  EXPECT_EQ(head.method, "M-SEARCH");
  EXPECT_EQ(head.target, "/a?b=|c");
  EXPECT_FALSE(head.is_http10);
  ASSERT_EQ(head.fields.size(), 3u);
  EXPECT_EQ(head.fields[0].known, Known::kHost);
  EXPECT_EQ(head.fields[1].value, "\xc3\xa4 b");
  EXPECT_EQ(head.fields[2].value, "");
}

TEST(RequestHead, MinorVersionsAreRead) {
  RequestHead head;
  EXPECT_EQ(ParseRequest("GET / HTTP/1.0\r\n\r\n", head), std::nullopt);
  EXPECT_TRUE(head.is_http10);
  EXPECT_EQ(ParseRequest("GET / HTTP/1.7\r\n\r\n", head), std::nullopt);
  EXPECT_FALSE(head.is_http10);
}

TEST(RequestHead, LinesMayAllEndWithLineFeedsAlone) {
  RequestHead head;
  ASSERT_EQ(ParseRequest("GET / HTTP/1.1\nHost: h\nA: b\n\n", head),
            std::nullopt);
  EXPECT_EQ(head.fields[1].value, "b");
}

TEST(RequestHead, AnotherMajorVersionIsA505) {
  RequestHead head;
  for (const char* version : {"HTTP/2.0", "HTTP/3.1", "HTTP/0.9"}) {
    EXPECT_EQ(ParseRequest(absl::StrCat("GET / ", version, "\r\n\r\n"), head),
              505u)
        << version;
  }
}

TEST(RequestHead, MalformedFirstLineIsA400) {
  RequestHead head;
  for (const char* line : {"",
                           "GET",
                           "GET /",
                           "GET / ",
                           "GET  / HTTP/1.1",
                           "GET / HTTP/1.1 ",
                           " GET / HTTP/1.1",
                           "GET\t/\tHTTP/1.1",
                           "G@T / HTTP/1.1",
                           "GET /a b HTTP/1.1",
                           "GET /\x01 HTTP/1.1",
                           "GET /\xc3\xa4 HTTP/1.1",
                           "GET /a#b HTTP/1.1",
                           "GET / http/1.1",
                           "GET / HTTP/1",
                           "GET / HTTP/1.10",
                           "GET / HTTP/1,1",
                           "GET / HTTPS/1.1",
                           "GET /\x7f HTTP/1.1",
                           "GET / HTTP/1.1\r"}) {
    EXPECT_EQ(ParseRequest(absl::StrCat(line, "\r\nA: b\r\n\r\n"), head), 400u)
        << line;
  }
}

TEST(RequestHead, MalformedFieldIsA400) {
  RequestHead head;
  for (const std::string field :
       {"A", ": b", "A : b", "A\t: b", " A: b", "\tA: b", "A B: c", "A(: b",
        "A\x80: b", "A: b\r", "A: \rb", "A: b\x01", "A: b\x7f", "A: b\nC: d",
        "\r", "A: b\n"}) {
    EXPECT_EQ(ParseRequest(
                  absl::StrCat("GET / HTTP/1.1\r\nB: c\r\n", field, "\r\n\r\n"),
                  head),
              400u)
        << field;
  }
  const std::string nul("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 26);
  EXPECT_EQ(ParseRequest(nul, head), 400u);
}

TEST(RequestHead, SoManyFieldsAreTakenAndOneMoreIsA431) {
  RequestHead head;
  std::string text = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < kMostFields; ++i) text += "a:\r\n";
  EXPECT_EQ(ParseRequest(text + "\r\n", head), std::nullopt);
  EXPECT_EQ(ParseRequest(text + "a:\r\n\r\n", head), 431u);
}

TEST(BeginningOfARequest, IsToldFromOtherProtocols) {
  for (const char* bytes : {"", "\r", "G", "GET", "GET ", "GET /a b",
                            "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHost"}) {
    EXPECT_TRUE(MayBecomeRequest(bytes)) << bytes;
  }
  for (const char* bytes : {"\x16\x03\x01", "G@", "GET /\r\n", "\r\n\r\n",
                            "@ RSYNCD: 31\n", "GET / HTTP/1.1x\n"}) {
    EXPECT_FALSE(MayBecomeRequest(bytes)) << bytes;
  }
}

TEST(BeginningOfAResponse, IsToldFromOtherProtocols) {
  for (const char* bytes : {"", "H", "HTTP/1.", "HTTP/1.1 200"}) {
    EXPECT_TRUE(MayBecomeResponse(bytes)) << bytes;
  }
  for (const char* bytes : {"<html>", "HTTP/2", "220 smtp", "\r\n"}) {
    EXPECT_FALSE(MayBecomeResponse(bytes)) << bytes;
  }
}

TEST(ResponseHead, IsReadWithOrWithoutAReason) {
  ResponseHead head;
  ASSERT_TRUE(ParseResponse("HTTP/1.1 200 Fine by me\r\nA: b\r\n\r\n", head));
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.reason, "Fine by me");
  EXPECT_EQ(head.fields.size(), 1u);
  for (const char* line : {"HTTP/1.0 404 ", "HTTP/1.0 404"}) {
    ASSERT_TRUE(ParseResponse(absl::StrCat(line, "\r\n\r\n"), head)) << line;
    EXPECT_EQ(head.status, 404u);
    EXPECT_EQ(head.reason, "");
    EXPECT_TRUE(head.is_http10);
  }
}

TEST(ResponseHead, MalformedOneIsNotRead) {
  ResponseHead head;
  for (const char* line :
       {"HTTP/2 200 OK", "HTTP/2.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000",
        "HTTP/1.1 099 OK", "HTTP/1.1  200 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1",
        "HTTP/1.1 200\tOK", "HTTP/1.1 200 O\x01K", "http/1.1 200 OK", ""}) {
    EXPECT_FALSE(ParseResponse(absl::StrCat(line, "\r\n\r\n"), head)) << line;
  }
  EXPECT_FALSE(ParseResponse("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", head));
}

TEST(List, ElementsAreVisitedWithoutSpacesAndEmptyOnesAreNot) {
  std::string visited;
  ForEachElement(" a,, b\t,\t,c d", [&](std::string_view element) {
    visited += absl::StrCat("[", std::string(element), "]");
  });
  EXPECT_EQ(visited, "[a][b][c d]");
}

TEST(Classify, WellKnownNamesInAnyCase) {
  EXPECT_EQ(Classify("te"), Known::kTe);
  EXPECT_EQ(Classify("HOST"), Known::kHost);
  EXPECT_EQ(Classify("Connection"), Known::kConnection);
  EXPECT_EQ(Classify("keep-alive"), Known::kHopByHop);
  EXPECT_EQ(Classify("Proxy-Connection"), Known::kHopByHop);
  EXPECT_EQ(Classify("proxy-authorization"), Known::kHopByHop);
  EXPECT_EQ(Classify("Transfer-encoding"), Known::kTransferEncoding);
  EXPECT_EQ(Classify("content-length"), Known::kContentLength);
  EXPECT_EQ(Classify("X-Forwarded-For"), Known::kForwardedFor);
  for (const char* name : {"Proxy", "Cookie", "Connection2", "T", "Hosts",
                           "Transfer_Encoding", "Content_Length", ""}) {
    EXPECT_EQ(Classify(name), Known::kOther) << name;
  }
}

}  // namespace
}  // namespace access_point
