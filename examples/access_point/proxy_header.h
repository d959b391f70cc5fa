#pragma once

// The PROXY protocol, versions 1 and 2 of HAProxy's specification: what a
// balancer in front says of the user before the user's first byte.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "examples/access_point/net.h"

namespace access_point {

// The longest header of version 1, its CRLF included, and of either version
// here: the specification has no longer one without extensions, and room for
// those of common balancers.
inline constexpr std::size_t kProxyLineLimit = 107;
inline constexpr std::size_t kProxyHeaderLimit = 536;

// A whole header.
struct ProxyHeader {
  // Nothing: the balancer does not say, or speaks for itself, as when it checks
  // whether the access point is well.
  std::optional<tcp::endpoint> user = {};
};

// Reads a header as it comes, and not a byte that follows it.
class ProxyHeaderReader {
 public:
  // How many of `bytes`, which follow those taken before, belong to the header.
  // REQUIRES: !done() and !bad().
  std::size_t Take(std::string_view bytes);

  bool done() const { return header_.has_value(); }
  bool bad() const { return bad_; }  // It is none, or malformed.

  // REQUIRES: done().
  const ProxyHeader& header() const { return *header_; }

 private:
  // What is known after the bytes so far.
  void Look();
  void LookAtLine();
  void LookAtBinary();

  std::string bytes_;
  bool bad_ = false;
  std::optional<ProxyHeader> header_;
};

}  // namespace access_point
