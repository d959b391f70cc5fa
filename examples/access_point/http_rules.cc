#include "examples/access_point/http_rules.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <system_error>

#include "absl/strings/string_view.h"
#include "examples/access_point/target.h"

namespace access_point {
namespace {

bool IsAnyOf(std::string_view name,
             std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) {
    return SameName(name, other);
  });
}

void AppendElement(std::string& list, std::string_view element) {
  if (!list.empty()) list += ", ";
  list += element;
}

// Of the fields that are nothing to us in a head.
bool MayBeTrailer(std::string_view name) {
  const auto begins = [&](std::string_view prefix) {
    return SameName(name.substr(0, prefix.size()), prefix);
  };
  return !begins("If-") && !begins("X-Forwarded-") && !begins("Sec-") &&
         !IsAnyOf(name, {"Accept",
                         "Age",
                         "Authorization",
                         "Cache-Control",
                         "Content-Encoding",
                         "Content-Range",
                         "Content-Type",
                         "Cookie",
                         "Expires",
                         "Forwarded",
                         "Location",
                         "Origin",
                         "Pragma",
                         "Range",
                         "Referer",
                         "Retry-After",
                         "Set-Cookie",
                         "Vary",
                         "Via",
                         "WWW-Authenticate",
                         "Warning",
                         "X-HTTP-Method-Override",
                         "X-Real-IP"});
}

}  // namespace

ConnectionOptions::ConnectionOptions(const Fields& fields) {
  for (const Field& field : fields) {
    if (field.known != Known::kConnection) continue;
    ForEachElement(field.value, [&](std::string_view option) {
      if (SameName(option, "close")) {
        close = true;
      } else if (SameName(option, "keep-alive")) {
        keep_alive = true;
      } else if (SameName(option, "upgrade")) {
        upgrade = true;
      } else if (others.size() < kMostConnectionOptions) {
        others.push_back(option);
      } else {
        too_many = true;
      }
    });
  }
}

bool ConnectionOptions::Name(const Field& field) const {
  if (field.known == Known::kHost || field.known == Known::kContentLength) {
    return false;
  }
  return std::any_of(
      others.begin(), others.end(),
      [&](std::string_view option) { return SameName(option, field.name); });
}

std::string ConnectionOptions::List() const {
  std::string list;
  for (const std::string_view option : others) AppendElement(list, option);
  return list;
}

bool StaysOpen(bool is_http10, const ConnectionOptions& options) {
  return !options.close && (!is_http10 || options.keep_alive);
}

std::string UpgradeOf(const RequestHead& head, const ConnectionOptions& options,
                      const Framing& framing) {
  std::string protocols;
  const bool has_content =
      framing.kind == Framing::Kind::kChunked || framing.length > 0;
  if (!options.upgrade || head.is_http10 || has_content) return protocols;
  bool is_http2 = false;
  for (const Field& field : head.fields) {
    if (field.known != Known::kUpgrade) continue;
    ForEachElement(field.value, [&](std::string_view protocol) {
      is_http2 |= IsAnyOf(protocol, {"h2c", "h2", "HTTP/2.0", "HTTP/2"});
      AppendElement(protocols, protocol);
    });
  }
  if (is_http2) protocols.clear();
  return protocols;
}

bool HasGoodHost(const RequestHead& head) {
  std::size_t hosts = 0;
  for (const Field& field : head.fields) {
    if (field.known != Known::kHost) continue;
    if (++hosts > 1 || !IsHostAndPort(field.value)) return false;
  }
  return hosts == 1 || head.is_http10;
}

bool WantsTrailers(const Fields& fields) {
  bool wants = false;
  for (const Field& field : fields) {
    if (field.known != Known::kTe) continue;
    ForEachElement(field.value, [&](std::string_view coding) {
      wants |= SameName(coding, "trailers");
    });
  }
  return wants;
}

MaxForwards MaxForwardsOf(const RequestHead& head) {
  using Verdict = MaxForwards::Verdict;
  if (head.method != "TRACE" && head.method != "OPTIONS") return {};
  MaxForwards found;
  for (const Field& field : head.fields) {
    if (field.known != Known::kMaxForwards) continue;
    const char* const end = field.value.data() + field.value.size();
    std::size_t count = 0;
    const auto [rest, error] = std::from_chars(field.value.data(), end, count);
    const bool twice = found.verdict != Verdict::kNone;
    if (error != std::errc() || rest != end || twice) {
      return {.verdict = Verdict::kMalformed};
    }
    found.verdict = count == 0 ? Verdict::kAnswer : Verdict::kPassOn;
    found.left = count == 0 ? 0 : count - 1;
  }
  return found;
}

std::string PassableTrailers(std::string_view lines,
                             std::string_view connection_options) {
  std::string passable;
  Fields fields;
  if (lines.empty() || ParseFields(lines, fields) != FieldsError::kNone) {
    return passable;
  }
  for (const Field& field : fields) {
    bool passes = field.known == Known::kOther && MayBeTrailer(field.name);
    ForEachElement(connection_options, [&](std::string_view option) {
      passes = passes && !SameName(option, field.name);
    });
    if (!passes) continue;
    passable.append(field.name).append(": ");
    passable.append(field.value).append("\r\n");
  }
  return passable;
}

bool IsSafeToRepeat(std::string_view method, bool has_body) {
  return !has_body &&
         (method == "GET" || method == "HEAD" || method == "OPTIONS");
}

els::Outcome OutcomeOf(unsigned status, els::Outcome client_error) {
  if (status == 429 || status >= 500) return els::Outcome::kFailure;
  return status >= 400 ? client_error : els::Outcome::kSuccess;
}

std::optional<els::Duration> RetryAfterOf(const Fields& fields,
                                          absl::Time now) {
  constexpr std::int64_t kMostSeconds = 86'400;
  const auto field = std::find_if(
      fields.begin(), fields.end(),
      [](const Field& other) { return SameName(other.name, "Retry-After"); });
  if (field == fields.end()) return std::nullopt;
  std::int64_t seconds = 0;
  const char* const end = field->value.data() + field->value.size();
  const auto [rest, error] = std::from_chars(field->value.data(), end, seconds);
  if (rest == end && error == std::errc()) {
    if (seconds < 0) return std::nullopt;
    return std::chrono::seconds(std::min(seconds, kMostSeconds));
  }
  // Abseil may have been built with a string_view of its own.
  const absl::string_view text(field->value.data(), field->value.size());
  absl::Time date;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &date, nullptr)) {
    return std::nullopt;
  }
  const absl::Duration most = absl::Seconds(kMostSeconds);
  return absl::ToChronoNanoseconds(std::clamp(date - now, -most, most));
}

}  // namespace access_point
