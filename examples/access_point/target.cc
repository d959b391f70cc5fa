#include "examples/access_point/target.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "examples/access_point/head.h"

namespace access_point {
namespace {

bool IsHex(char c) {
  return absl::ascii_isxdigit(static_cast<unsigned char>(c));
}

bool IsPort(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A name or an IPv4 address (RFC 3986, 3.2.2).
bool IsName(std::string_view text) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      const std::string_view code = text.substr(i + 1, 2);
      if (code.size() < 2 || !IsHex(code[0]) || !IsHex(code[1])) return false;
      i += 2;
    } else if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
               kOthers.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// An IPv6 address, as far as its characters go; what is no address is not
// forwarded to it anyway.
bool IsBracketed(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsHex(c) || c == ':' || c == '.';
  });
}

// Takes "http://" or "https://" off the front.
bool TakeScheme(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (SameName(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

}  // namespace

bool IsHostAndPort(std::string_view value) {
  if (value.starts_with('[')) {
    const std::size_t end = value.find(']');
    if (end == std::string_view::npos) return false;
    if (!IsBracketed(value.substr(1, end - 1))) return false;
    const std::string_view port = value.substr(end + 1);
    return port.empty() || (port[0] == ':' && IsPort(port.substr(1)));
  }
  const std::size_t colon = value.find(':');
  if (!IsName(value.substr(0, colon))) return false;
  return colon == std::string_view::npos || IsPort(value.substr(colon + 1));
}

Target ParseTarget(std::string_view method, std::string_view target) {
  if (method == "CONNECT") return {.valid = true, .is_tunnel = true};
  if (target.starts_with('/')) return {.valid = true, .path = target};
  if (target == "*") return {.valid = method == "OPTIONS", .path = target};
  if (!TakeScheme(target)) return {};
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  Target parsed = {.host = target.substr(0, end), .path = target.substr(end)};
  parsed.valid = !parsed.host.empty() && parsed.host[0] != ':' &&
                 IsHostAndPort(parsed.host);
  parsed.add_slash = !parsed.path.starts_with('/');
  // All of the server is meant (RFC 9112, 3.2.4).
  if (method == "OPTIONS" && parsed.path.empty()) {
    parsed.path = "*";
    parsed.add_slash = false;
  }
  return parsed;
}

}  // namespace access_point
