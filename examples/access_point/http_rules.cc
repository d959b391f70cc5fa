#include "examples/access_point/http_rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace access_point {
namespace {

absl::string_view AsAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

bool IsAnyOf(absl::string_view name,
             std::initializer_list<absl::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](absl::string_view other) {
    return absl::EqualsIgnoreCase(name, other);
  });
}

}  // namespace

bool IsHopByHop(std::string_view name, std::string_view connection) {
  const absl::string_view field = AsAbsl(name);
  if (absl::StartsWithIgnoreCase(field, "Proxy-") ||
      IsAnyOf(field, {"Connection", "Keep-Alive", "TE", "Trailer",
                      "Transfer-Encoding", "Upgrade"})) {
    return true;
  }
  if (connection.empty() || IsAnyOf(field, {"Host", "Content-Length"})) {
    return false;
  }
  for (const absl::string_view option :
       absl::StrSplit(AsAbsl(connection), ',')) {
    if (IsAnyOf(field, {absl::StripAsciiWhitespace(option)})) return true;
  }
  return false;
}

bool IsSafeToRepeat(std::string_view method, bool has_body) {
  return !has_body &&
         (method == "GET" || method == "HEAD" || method == "OPTIONS");
}

els::Outcome OutcomeOf(unsigned status, els::Outcome client_error) {
  if (status == 429 || status >= 500) return els::Outcome::kFailure;
  return status >= 400 ? client_error : els::Outcome::kSuccess;
}

}  // namespace access_point
