#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace access_point {

// Where a server listens. The host is a name or a numeric address, an IPv6 one
// without its brackets.
struct Address {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

// Reads HOST:PORT, an IPv6 HOST in brackets; PORT is 0 to 65535.
// InvalidArgumentError otherwise, naming `text` and what is wrong with it.
absl::StatusOr<Address> ParseAddress(std::string_view text);

// HOST:PORT again, in the form that ParseAddress reads.
std::string ToString(const Address& address);

}  // namespace access_point
