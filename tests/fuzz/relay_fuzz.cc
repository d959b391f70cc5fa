// What the access point sends on of a message, as a next server reads it who
// takes nothing but the plainest form: the same content, with one end that both
// agree on, and no field that concerned one connection only.

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "examples/access_point/body.h"
#include "examples/access_point/connection.h"
#include "examples/access_point/content.h"
#include "examples/access_point/head.h"
#include "examples/access_point/http_rules.h"
#include "examples/access_point/outgoing.h"
#include "examples/access_point/target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/room.h"

namespace {

using namespace access_point;  // NOLINT(google-build-using-namespace)
using Kind = Framing::Kind;

net::io_context& Context() {
  static net::io_context context(1);
  return context;
}

// A connection whose other end is here, too.
class Outlet {
 public:
  Outlet() {
    std::array<int, 2> ends = {};
    Require(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0,
            "no sockets", "");
    tcp::socket socket(Context());
    socket.assign(tcp::v4(), ends[0]);
    connection_ = std::make_shared<Connection>(std::move(socket), kBlock);
    other_end_ = ends[1];
  }

  Connection& connection() { return *connection_; }

  // Appends what was sent.
  void Take(std::string& bytes) {
    std::array<char, 4096> block;
    for (;;) {
      const ssize_t size =
          ::recv(other_end_, block.data(), block.size(), MSG_DONTWAIT);
      if (size <= 0) return;
      bytes.append(block.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  std::shared_ptr<Connection> connection_;
  int other_end_ = -1;
};

// A message on its way through the access point.
struct Message {
  std::string head = {};  // To be sent on.
  Framing framing = {};   // Of what comes.
  bool chunked = false;   // What is sent on.
  bool wants_trailers = true;
  std::string connection_options = {};
};

struct Relayed {
  std::string head = {};
  std::string rest = {};
  bool done = false;
  bool bad = false;
};

// Sends on what can be, when `step` more of `bytes` have come each time.
Relayed Relay(const Message& message, std::string_view bytes,
              std::size_t step) {
  static Outlet outlet;
  const auto from =
      std::make_shared<Connection>(tcp::socket(Context()), kBlock);
  Content content(*from, message.framing);
  std::string sent;
  bool head_sent = false;
  const auto send_on = [&] {
    content.Look();
    if (content.bad() || (content.held().empty() && !content.done())) return;
    const std::string trailers =
        message.wants_trailers
            ? PassableTrailers(content.trailers(), message.connection_options)
            : "";
    SendContent(head_sent ? std::string_view() : message.head, content,
                message.chunked, trailers, outlet.connection());
    head_sent = true;
    outlet.Take(sent);
    Require(!outlet.connection().sending(), "too much at once", bytes);
  };
  send_on();
  while (!bytes.empty() && !content.done() && !content.bad()) {
    const std::span<char> space = from->in().Space();
    const std::size_t size = std::min({step, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), size);
    from->in().Commit(size);
    bytes.remove_prefix(size);
    send_on();
  }
  const std::size_t head_size = head_sent ? message.head.size() : 0;
  Require(sent.substr(0, head_size) == message.head.substr(0, head_size),
          "another head than was made", sent);
  return {sent.substr(0, head_size), sent.substr(head_size), content.done(),
          content.bad()};
}

struct Read {
  bool whole = false;
  std::string content = {};
  std::string trailers = {};
};

// Cuts a line from the beginning of `bytes`; nothing if its end is not there.
std::optional<std::string_view> CutLine(std::string_view& bytes) {
  const std::size_t end = bytes.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + 2);
  return line;
}

// No extensions, no white space, nothing but what the access point writes.
Read ReadChunks(const std::string& all) {
  std::string_view rest = all;
  Read read;
  for (;;) {
    const std::optional<std::string_view> line = CutLine(rest);
    if (!line) break;
    std::size_t size = 0;
    const char* const end = line->data() + line->size();
    const auto [after, error] = std::from_chars(line->data(), end, size, 16);
    Require(error == std::errc() && after == end && after != line->data(),
            "not the size of a chunk", all);
    if (size == 0) {
      read.whole = rest.ends_with("\r\n");
      if (rest != "\r\n") read.trailers = rest;
      Require(rest.find("\r\n\r\n") == std::string_view::npos ||
                  rest.find("\r\n\r\n") + 4 == rest.size(),
              "bytes after the end", all);
      return read;
    }
    Require(rest.size() >= size + 2 && rest.substr(size, 2) == "\r\n",
            "a chunk of another size", all);
    read.content.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
  Require(rest.empty(), "a line without an end", all);
  return read;
}

// As a next server does who knows of the framing from the head alone.
Read ReadRest(const Framing& framing, const std::string& rest) {
  switch (framing.kind) {
    case Kind::kNone:
      Require(rest.empty(), "content where there is none", rest);
      return {.whole = true};
    case Kind::kLength:
      Require(rest.size() <= framing.length, "bytes after the end", rest);
      return {.whole = rest.size() == framing.length, .content = rest};
    case Kind::kChunked:
      return ReadChunks(rest);
    case Kind::kToClose:
      return {.content = rest};
  }
  return {};
}

// What the content is, by a decoder that gets all of it at once.
Read Expected(const Framing& framing, std::string bytes) {
  BodyDecoder decoder(framing);
  Read read;
  std::size_t used = 0;
  while (used < bytes.size() && !decoder.done() && !decoder.bad()) {
    const BodyDecoder::Piece piece = decoder.Decode(
        std::span<char>(bytes.data() + used, bytes.size() - used));
    read.content.append(piece.content);
    used += piece.used;
  }
  read.whole = decoder.done();
  read.trailers = decoder.trailers();
  return read;
}

// Whether the access point writes such a field itself.
bool IsOurs(const Field& field) {
  return field.known == Known::kConnection || field.known == Known::kDate ||
         field.known == Known::kForwardedFor ||
         field.known == Known::kForwardedProto ||
         field.known == Known::kTransferEncoding || field.known == Known::kTe ||
         field.known == Known::kUpgrade || field.known == Known::kMaxForwards ||
         SameName(field.name, "Via");
}

void CheckFields(const Fields& sent, const ConnectionOptions& options,
                 std::string_view text) {
  std::size_t lengths = 0, connections = 0;
  for (const Field& field : sent) {
    Require(field.known != Known::kHopByHop, "a field of one hop", text);
    Require(IsOurs(field) || !options.Name(field), "an option's field", text);
    lengths += field.known == Known::kContentLength ||
               field.known == Known::kTransferEncoding;
    connections += field.known == Known::kConnection;
  }
  Require(lengths <= 1, "two claims of a length", text);
  Require(connections <= 1, "two Connection fields", text);
}

void CheckTrailers(const std::string& lines, const Message& message) {
  Fields fields;
  if (lines.empty()) return;
  Require(message.wants_trailers, "trailers that nobody asked for", lines);
  Require(ParseFields(lines, fields) == FieldsError::kNone, "bad trailers",
          lines);
  for (const Field& field : fields) {
    Require(field.known == Known::kOther, "a trailer for the head", lines);
    ForEachElement(message.connection_options, [&](std::string_view option) {
      Require(!SameName(option, field.name), "an option's trailer", lines);
    });
  }
}

using FramingReader = std::function<Framing(std::string_view head)>;

// `read_head` is the next server's view of the head.
void Check(const Message& message, const std::string& bytes,
           const FramingReader& read_head) {
  const Read expected = Expected(message.framing, bytes);
  for (const std::size_t step : {bytes.size(), std::size_t{5}}) {
    const Relayed relayed = Relay(message, bytes, step);
    Require(relayed.done == expected.whole, "another end", bytes);
    if (relayed.head.empty()) continue;
    const Framing framing = read_head(relayed.head);
    const Read read = ReadRest(framing, relayed.rest);
    if (framing.kind != Kind::kToClose) {
      Require(read.whole == relayed.done, "seems whole and is not", bytes);
    }
    // Before what turned out to be bad, some may have been sent.
    const bool all = !relayed.bad;
    Require(all ? read.content == expected.content
                : expected.content.starts_with(read.content),
            "another content", bytes);
    CheckTrailers(read.trailers, message);
  }
}

// As Session::Plan and Session::Begin do it.
void CheckRequest(std::string_view head, const std::string& rest) {
  RequestHead request;
  if (ParseRequest(head, request)) return;
  const ConnectionOptions options(request.fields);
  const Target target = ParseTarget(request.method, request.target);
  unsigned refusal = 0;
  const std::optional<Framing> framing = FramingOf(request, refusal);
  const MaxForwards forwards = MaxForwardsOf(request);
  if (LeavesNoRoom(request.fields) || options.too_many || !target.valid ||
      target.is_tunnel || !HasGoodHost(request) || !framing ||
      forwards.verdict == MaxForwards::Verdict::kMalformed) {
    return;
  }
  const RequestPlan plan = {
      .options = options,
      .target = target,
      .framing = *framing,
      .max_forwards = forwards,
      .upgrade = UpgradeOf(request, options, *framing),
      .wants_trailers = !request.is_http10 && WantsTrailers(request.fields)};
  Check({.head = RequestText(request, plan, "192.0.2.1", "192.0.2.2:80"),
         .framing = *framing,
         .chunked = framing->kind == Kind::kChunked,
         .connection_options = options.List()},
        rest, [&](std::string_view text) {
          RequestHead sent;
          Require(FindHeadEnd(text, 0) == text.size(), "ends early", text);
          Require(!ParseRequest(text, sent), "what is sent is refused", text);
          CheckFields(sent.fields, options, text);
          unsigned ignored = 0;
          return FramingOf(sent, ignored).value();
        });
}

// As Exchange::Answer does it, for each kind of user.
void CheckResponse(std::string_view head, const std::string& rest) {
  ResponseHead response;
  if (!ParseResponse(head, response) || response.status == 101) return;
  const std::optional<Framing> framing = FramingOf(response, false);
  const ConnectionOptions options(response.fields);
  if (LeavesNoRoom(response.fields) || !framing || options.too_many) return;
  const bool open_end =
      framing->kind == Kind::kChunked || framing->kind == Kind::kToClose;
  for (const bool is_http10 : {false, true}) {
    for (const bool wants_trailers : {false, true}) {
      const bool chunked = open_end && !is_http10;
      const bool keep_alive = !open_end || chunked;
      Check({.head = ResponseText(response, options,
                                  {.chunked = chunked,
                                   .keep_alive = keep_alive,
                                   .is_http10 = is_http10,
                                   .wants_trailers = wants_trailers}),
             .framing = *framing,
             .chunked = chunked,
             .wants_trailers = wants_trailers,
             .connection_options = options.List()},
            rest, [&](std::string_view text) {
              ResponseHead sent;
              Require(FindHeadEnd(text, 0) == text.size(), "ends early", text);
              Require(ParseResponse(text, sent), "what is sent is bad", text);
              CheckFields(sent.fields, options, text);
              const ConnectionOptions ours(sent.fields);
              Require(keep_alive != ours.close, "the end is not told", text);
              return FramingOf(sent, false).value();
            });
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::optional<std::size_t> end = FindHeadEnd(all, 0);
  if (!end) return 0;
  const std::string rest(all.substr(*end));
  CheckRequest(all.substr(0, *end), rest);
  CheckResponse(all.substr(0, *end), rest);
  return 0;
}
