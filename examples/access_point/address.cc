#include "examples/access_point/address.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace access_point {
namespace {

std::optional<std::uint16_t> ParsePort(std::string_view digits) {
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || rest != end) return std::nullopt;
  return port;
}

// The bytes of a numeric address or a DNS name; whether it exists is found out
// by resolving it.
bool IsHost(std::string_view host, bool bracketed) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [&](char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') ||
                              (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || c == '.' || c == '-' || c == '_' ||
           (bracketed && c == ':');
  });
}

}  // namespace

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  const auto wrong = [&](const char* what) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not an address: %s", text, what));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("want HOST:PORT");
  std::string_view host = text.substr(0, colon);
  const bool bracketed =
      host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!IsHost(host, bracketed)) {
    return wrong("want a host name, an IPv4 address or [an IPv6 address]");
  }
  const std::optional<std::uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port) return wrong("want a port from 0 to 65535");
  return Address{std::string(host), *port};
}

std::string ToString(const Address& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  const char* const open = ipv6 ? "[" : "";
  const char* const close = ipv6 ? "]" : "";
  return absl::StrCat(open, address.host, close, ":", address.port);
}

}  // namespace access_point
