#include "examples/access_point/outgoing.h"

#include <array>
#include <ctime>
#include <optional>

#include "absl/strings/str_cat.h"
#include "examples/access_point/status.h"

namespace access_point {
namespace {

constexpr std::string_view kVia = "Via: 1.1 els-access-point\r\n";

// Room for the head of most requests and responses.
constexpr std::size_t kUsualSize = 640;

absl::string_view AsAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

void Append(std::string& text, const Field& field) {
  text.append(field.name).append(": ").append(field.value).append("\r\n");
}

void AppendConnection(std::string& text, bool te, bool upgrade) {
  if (te && upgrade) {
    text += "Connection: TE, Upgrade\r\n";
  } else if (te) {
    text += "Connection: TE\r\n";
  } else if (upgrade) {
    text += "Connection: Upgrade\r\n";
  }
}

// The current date as in a Date field, made anew once a second.
std::string_view Date() {
  thread_local std::time_t made_at = -1;
  thread_local std::array<char, 64> text;
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    size = std::strftime(text.data(), text.size(),
                         "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    made_at = now;
  }
  return {text.data(), size};
}

std::string_view ReasonOf(unsigned code) {
  switch (code) {
    case status::kOk:
      return "OK";
    case status::kBadRequest:
      return "Bad Request";
    case status::kMethodNotAllowed:
      return "Method Not Allowed";
    case status::kRequestTimeout:
      return "Request Timeout";
    case status::kContentTooLarge:
      return "Content Too Large";
    case status::kTargetTooLong:
      return "URI Too Long";
    case status::kFieldsTooLarge:
      return "Request Header Fields Too Large";
    case status::kNotImplemented:
      return "Not Implemented";
    case status::kBadGateway:
      return "Bad Gateway";
    case status::kServiceUnavailable:
      return "Service Unavailable";
    case status::kGatewayTimeout:
      return "Gateway Timeout";
    case status::kVersionNotSupported:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

// Those fields of a request that are not passed on as they are.
class RequestFields {
 public:
  RequestFields(const RequestHead& head, const RequestPlan& plan)
      : head_(head), plan_(plan) {}

  // Appends the field, as it is or as it is to be, or keeps it for later.
  void Take(const Field& field, std::string& text) {
    if (plan_.options.Name(field)) return;
    switch (field.known) {
      case Known::kOther:
      case Known::kDate:
        return Append(text, field);
      case Known::kHost:
        has_host_ = true;
        if (plan_.target.host.empty()) return Append(text, field);
        // The target was meant for this host, whatever the field says
        // (RFC 9112, 3.2.2).
        absl::StrAppend(&text, "Host: ", AsAbsl(plan_.target.host), "\r\n");
        return;
      case Known::kExpect:
        // A user of HTTP/1.0 cannot wait for 100 (Continue).
        if (!head_.is_http10) Append(text, field);
        return;
      case Known::kForwardedFor:
        if (!users_.empty()) users_ += ", ";
        users_ += field.value;
        return;
      case Known::kForwardedProto:
        // Without TLS, a balancer in front may have ended it.
        if (!plan_.is_secure) Append(text, field);
        return;
      case Known::kMaxForwards:
        if (plan_.max_forwards.verdict == MaxForwards::Verdict::kNone) {
          Append(text, field);
        }
        return;
      case Known::kTrailer:
        if (plan_.framing.kind == Framing::Kind::kChunked) Append(text, field);
        return;
      default:  // Of the connection, or made anew.
        return;
    }
  }

  bool has_host() const { return has_host_; }
  const std::string& users() const { return users_; }

 private:
  const RequestHead& head_;
  const RequestPlan& plan_;
  bool has_host_ = false;
  std::string users_;
};

void AppendFields(const ResponseHead& head, const ConnectionOptions& options,
                  bool with_length, bool with_trailer, std::string& text) {
  for (const Field& field : head.fields) {
    switch (field.known) {
      case Known::kConnection:
      case Known::kHopByHop:
      case Known::kTransferEncoding:
      case Known::kUpgrade:
      case Known::kTe:
        continue;
      case Known::kContentLength:
        if (!with_length) continue;
        with_length = false;  // Once, if it was repeated.
        break;
      case Known::kTrailer:
        if (!with_trailer) continue;
        break;
      default:
        break;
    }
    if (!options.Name(field)) Append(text, field);
  }
}

bool HasDate(const Fields& fields) {
  for (const Field& field : fields) {
    if (field.known == Known::kDate) return true;
  }
  return false;
}

std::string StatusLine(const ResponseHead& head) {
  std::string text;
  text.reserve(kUsualSize);
  absl::StrAppend(&text, "HTTP/1.1 ", head.status, " ", AsAbsl(head.reason),
                  "\r\n");
  return text;
}

}  // namespace

std::string RequestText(const RequestHead& head, const RequestPlan& plan,
                        std::string_view user, std::string_view own) {
  std::string text;
  text.reserve(kUsualSize);
  absl::StrAppend(&text, AsAbsl(head.method), " ",
                  plan.target.add_slash ? "/" : "", AsAbsl(plan.target.path),
                  " HTTP/1.1\r\n");
  RequestFields fields(head, plan);
  for (const Field& field : head.fields) fields.Take(field, text);
  if (!fields.has_host()) {  // HTTP/1.0 need not name it.
    const std::string_view host =
        plan.target.host.empty() ? own : plan.target.host;
    absl::StrAppend(&text, "Host: ", AsAbsl(host), "\r\n");
  }
  if (plan.framing.kind == Framing::Kind::kLength) {
    absl::StrAppend(&text, "Content-Length: ", plan.framing.length, "\r\n");
  } else if (plan.framing.kind == Framing::Kind::kChunked) {
    text += "Transfer-Encoding: chunked\r\n";
  }
  if (plan.max_forwards.verdict == MaxForwards::Verdict::kPassOn) {
    absl::StrAppend(&text, "Max-Forwards: ", plan.max_forwards.left, "\r\n");
  }
  AppendConnection(text, plan.wants_trailers, !plan.upgrade.empty());
  if (plan.wants_trailers) text += "TE: trailers\r\n";
  if (!plan.upgrade.empty()) {
    absl::StrAppend(&text, "Upgrade: ", plan.upgrade, "\r\n");
  }
  if (plan.is_secure) text += "X-Forwarded-Proto: https\r\n";
  absl::StrAppend(&text, "X-Forwarded-For: ", fields.users(),
                  fields.users().empty() ? "" : ", ", AsAbsl(user), "\r\n",
                  AsAbsl(kVia), "\r\n");
  return text;
}

std::string ResponseText(const ResponseHead& head,
                         const ConnectionOptions& options,
                         const ResponsePlan& plan) {
  std::string text = StatusLine(head);
  const bool interim = head.status < status::kOk;
  AppendFields(head, options, !interim && head.status != status::kNoContent,
               plan.chunked && plan.wants_trailers, text);
  if (plan.chunked) text += "Transfer-Encoding: chunked\r\n";
  text += kVia;
  if (!interim && !HasDate(head.fields)) text += Date();
  if (!plan.keep_alive) {
    text += "Connection: close\r\n";
  } else if (plan.is_http10) {
    text += "Connection: keep-alive\r\n";
  }
  text += "\r\n";
  return text;
}

std::string SwitchText(const ResponseHead& head,
                       const ConnectionOptions& options) {
  std::string text = StatusLine(head);
  AppendFields(head, options, false, false, text);
  for (const Field& field : head.fields) {
    if (field.known == Known::kUpgrade) Append(text, field);
  }
  text += "Connection: Upgrade\r\n";
  text += kVia;
  text += "\r\n";
  return text;
}

std::string OwnResponse(unsigned code, bool to_head, bool keep_alive) {
  const absl::string_view reason = AsAbsl(ReasonOf(code));
  const std::string content =
      code == status::kOk ? "" : absl::StrCat(code, " ", reason, "\n");
  std::string text = absl::StrCat("HTTP/1.1 ", code, " ", reason, "\r\n");
  text += Date();
  if (code == status::kServiceUnavailable) text += "Retry-After: 1\r\n";
  // What can be done with the access point itself, and not behind it.
  if (code == status::kMethodNotAllowed || code == status::kOk)
    text += "Allow: OPTIONS\r\n";
  if (!content.empty()) text += "Content-Type: text/plain\r\n";
  absl::StrAppend(&text, "Content-Length: ", content.size(), "\r\n");
  if (!keep_alive) text += "Connection: close\r\n";
  text += "\r\n";
  if (!to_head) text += content;
  return text;
}

}  // namespace access_point
