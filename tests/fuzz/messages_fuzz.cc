// Whatever a user or a backend of the access point sends: what is accepted of a
// head is the same message to the next server, and the content is the same
// however it comes in pieces.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "examples/access_point/body.h"
#include "examples/access_point/head.h"
#include "examples/access_point/http_rules.h"
#include "examples/access_point/outgoing.h"
#include "examples/access_point/target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/room.h"

namespace {

using namespace access_point;  // NOLINT(google-build-using-namespace)

std::size_t CountOf(const Fields& fields, Known known) {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(),
                    [&](const Field& field) { return field.known == known; }));
}

void CheckHopByHop(const Fields& fields, std::string_view text) {
  Require(CountOf(fields, Known::kHopByHop) == 0, "a field of one hop went on",
          text);
  Require(CountOf(fields, Known::kContentLength) +
                  CountOf(fields, Known::kTransferEncoding) <=
              1,
          "two claims of a length", text);
}

// What would be sent to a backend, if anything.
void CheckRequest(std::string_view head) {
  RequestHead request;
  if (ParseRequest(head, request)) return;
  const ConnectionOptions options(request.fields);
  const Target target = ParseTarget(request.method, request.target);
  unsigned refusal = 0;
  const std::optional<Framing> framing = FramingOf(request, refusal);
  if (LeavesNoRoom(request.fields) || options.too_many || !target.valid ||
      target.is_tunnel || !HasGoodHost(request) || !framing) {
    return;
  }
  const std::string text =
      RequestText(request,
                  {.options = options,
                   .target = target,
                   .framing = *framing,
                   .upgrade = UpgradeOf(request, options, *framing)},
                  "192.0.2.1", "192.0.2.2:80");
  RequestHead sent;
  Require(!ParseRequest(text, sent), "what is sent is refused", text);
  Require(FindHeadEnd(text, 0) == text.size(), "a head ends early", text);
  Require(sent.method == request.method, "another method", text);
  Require(ParseTarget(sent.method, sent.target).valid, "a bad target", text);
  Require(CountOf(sent.fields, Known::kHost) == 1 && HasGoodHost(sent),
          "not one good host", text);
  Require(FramingOf(sent, refusal) == framing, "another framing", text);
  CheckHopByHop(sent.fields, text);
}

// What would be sent to a user, if anything.
void CheckResponse(std::string_view head) {
  ResponseHead response;
  if (!ParseResponse(head, response)) return;
  const std::optional<Framing> framing = FramingOf(response, false);
  const ConnectionOptions options(response.fields);
  if (LeavesNoRoom(response.fields) || !framing || options.too_many ||
      response.status == 101) {
    return;
  }
  const bool chunked = framing->kind == Framing::Kind::kChunked;
  const std::string text =
      ResponseText(response, options, {.chunked = chunked});
  ResponseHead sent;
  Require(ParseResponse(text, sent), "what is sent is refused", text);
  Require(FindHeadEnd(text, 0) == text.size(), "a head ends early", text);
  Require(sent.status == response.status, "another status", text);
  Require(FramingOf(sent, false) == framing, "another framing", text);
  CheckHopByHop(sent.fields, text);
}

struct Decoded {
  std::string content;
  std::string trailers;
  std::size_t used = 0;
  bool done = false;
  bool bad = false;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};

// Decodes `bytes`, of which `step` more have come each time.
Decoded Decode(const Framing& framing, std::string bytes, std::size_t step) {
  BodyDecoder decoder(framing);
  Decoded decoded;
  std::size_t come = 0;
  while (!decoder.done() && !decoder.bad() && come < bytes.size()) {
    come = std::min(bytes.size(), come + step);
    while (!decoder.done() && !decoder.bad() && decoded.used < come) {
      const BodyDecoder::Piece piece = decoder.Decode(
          std::span<char>(bytes.data() + decoded.used, come - decoded.used));
      Require(piece.used > 0, "no progress", bytes);
      Require(piece.content.size() <= piece.used, "content from nothing",
              bytes);
      decoded.content.append(piece.content);
      decoded.used += piece.used;
    }
  }
  decoded.trailers = decoder.trailers();
  decoded.done = decoder.done();
  decoded.bad = decoder.bad();
  return decoded;
}

void CheckContent(const Framing& framing, const std::string& bytes) {
  const Decoded whole = Decode(framing, bytes, bytes.size());
  for (const std::size_t step : {1, 2, 7}) {
    const Decoded pieces = Decode(framing, bytes, step);
    Require(pieces.done == whole.done && pieces.bad == whole.bad,
            "ends in another way in pieces", bytes);
    if (!whole.bad)
      Require(pieces == whole, "another content in pieces", bytes);
  }
  Require(whole.trailers.size() <= kTrailerLimit, "endless trailers", bytes);
  const std::string passed = PassableTrailers(whole.trailers, "x-one, x-two");
  Fields fields;
  Require(passed.empty() ||
              ParseFields(passed + "\r\n", fields) == FieldsError::kNone,
          "trailers that go on are malformed", passed);
  for (const Field& field : fields) {
    Require(field.known == Known::kOther || field.known == Known::kDate,
            "a trailer that would change the head", passed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  Require(!MayBecomeRequest(all) || !all.starts_with(' '),
          "a request begins with a space", all);
  MayBecomeResponse(all);
  const std::optional<std::size_t> end = FindHeadEnd(all, 0);
  for (std::size_t searched = 0; searched <= std::min<std::size_t>(size, 64);
       ++searched) {
    if (end && searched >= *end) break;
    Require(FindHeadEnd(all, searched) == end, "the end depends on the search",
            all);
  }
  const std::string_view head = all.substr(0, end.value_or(0));
  CheckRequest(head);
  CheckResponse(head);
  const std::string rest(all.substr(head.size()));
  CheckContent({.kind = Framing::Kind::kChunked}, rest);
  CheckContent({.kind = Framing::Kind::kLength, .length = rest.size() / 2},
               rest);
  return 0;
}
