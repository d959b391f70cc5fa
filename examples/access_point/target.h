#pragma once

// What a request is about: the forms of its target, and its Host field.

#include <string>
#include <string_view>

namespace access_point {

// Whether `value` is a host and perhaps a port, as in a Host field (RFC 9110,
// 7.2). The host may be empty.
bool IsHostAndPort(std::string_view value);

// A request target as the backend is to see it.
struct Target {
  bool valid = false;
  bool is_tunnel = false;      // CONNECT.
  std::string_view host = {};  // Of an absolute target; it goes before Host.
  std::string_view path = {};  // With the query, as the user sent it; or *.
  bool add_slash = false;      // The path is to begin with one more slash.
};

// Reads one of the four forms of RFC 9112, 3.2, as far as `method` allows it.
Target ParseTarget(std::string_view method, std::string_view target);

}  // namespace access_point
