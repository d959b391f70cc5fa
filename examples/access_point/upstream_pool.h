#pragma once

// Private to proxy.cc.

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "examples/access_point/net.h"

namespace access_point {

// A connection to a backend.
struct Upstream {
  tcp::socket socket;
  beast::flat_buffer buffer = {};  // Read and not parsed yet.
  bool reused = false;             // Has served a request before.
};

// Whether nothing has arrived on an idle connection, not even its end.
inline bool IsQuiet(tcp::socket& socket) {
  char byte = 0;
  Error error;
  socket.receive(net::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error == net::error::would_block;
}

// Connections to the backends that wait for another request, for one thread.
class UpstreamPool {
 public:
  UpstreamPool(std::size_t backends, std::size_t max_idle)
      : max_idle_(max_idle), idle_(backends) {}

  // The connection used last, which is the least likely to be closed just now.
  std::optional<Upstream> Take(std::size_t backend) {
    std::deque<Idle>& idle = idle_[backend];
    CloseOld(idle);
    while (!idle.empty()) {
      Upstream upstream = std::move(idle.back().upstream);
      idle.pop_back();
      if (!IsQuiet(upstream.socket)) continue;
      upstream.reused = true;
      return upstream;
    }
    return std::nullopt;
  }

  // REQUIRES: the last response was read to its end and allows another.
  void Put(std::size_t backend, Upstream upstream) {
    std::deque<Idle>& idle = idle_[backend];
    idle.push_back({std::move(upstream), Now()});
    if (idle.size() > max_idle_) idle.pop_front();
    CloseOld(idle);
  }

 private:
  struct Idle {
    Upstream upstream;
    els::TimePoint since;
  };

  // Common servers close an idle connection after 5 s (Node.js, Apache) or
  // later. A request sent at that moment is lost, so stay well clear of it.
  static constexpr els::Duration kMaxIdleTime = std::chrono::seconds(4);

  static void CloseOld(std::deque<Idle>& idle) {
    const els::TimePoint oldest = Now() - kMaxIdleTime;
    while (!idle.empty() && idle.front().since < oldest) idle.pop_front();
  }

  const std::size_t max_idle_;
  std::vector<std::deque<Idle>> idle_;  // By backend; each oldest first.
};

}  // namespace access_point
