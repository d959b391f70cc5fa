#pragma once

// A server of WebSocket and a browser, neither of them of this project.

#include <cstdint>

#include "tests/access_point/child.h"

namespace access_point {

// Serves a page that talks to it, on port().
class WebSocketServer {
 public:
  WebSocketServer();

  std::uint16_t port() const { return port_; }

  // Expects that a browser that loads the page from a proxy on this port and
  // the server get each other's messages, and part in good order.
  void ExpectTalkThrough(std::uint16_t proxy);

 private:
  Child program_;
  std::uint16_t port_ = 0;
};

}  // namespace access_point
