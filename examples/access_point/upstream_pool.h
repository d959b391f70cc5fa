#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "examples/access_point/connection.h"

namespace access_point {

// A connection to a backend.
struct Upstream {
  Link link = {};
  bool reused = false;  // Has served a request before.
};

// Connections to the backends that wait for another request, for one thread.
// Each is being received from, so that one which the backend closes is closed
// here at once and holds no descriptor. The response to its next request comes
// by the same read.
class UpstreamPool final : public Watcher {
 public:
  UpstreamPool(std::size_t backends, std::size_t max_idle)
      : max_idle_(max_idle), idle_(backends) {}

  // The connection used last, which is the least likely to be closed just now.
  // `sure`: the request cannot be repeated, so the system is asked whether the
  // end of the connection has arrived.
  std::optional<Upstream> Take(std::size_t backend, bool sure) {
    std::deque<Idle>& idle = idle_[backend];
    CloseOld(idle);
    while (!idle.empty()) {
      Link link = std::move(idle.back().link);
      idle.pop_back();
      if (sure && !link->IsQuiet()) continue;
      link->set_watcher(nullptr);
      return Upstream{std::move(link), true};
    }
    return std::nullopt;
  }

  // REQUIRES: the last response was read to its end and allows another.
  void Put(Upstream upstream) {
    Connection& connection = *upstream.link;
    if (connection.ended()) return;
    std::deque<Idle>& idle = idle_[connection.backend];
    connection.Disarm();
    connection.set_watcher(this);
    connection.Receive();
    idle.push_back({std::move(upstream.link), Now()});
    if (idle.size() > max_idle_) idle.pop_front();
    CloseOld(idle);
  }

  // Closes one, to give its descriptor to another use. False if there is none.
  bool CloseOne() {
    for (std::deque<Idle>& idle : idle_) {
      if (idle.empty()) continue;
      idle.pop_front();
      return true;
    }
    return false;
  }

  void CloseAll() {
    for (std::deque<Idle>& idle : idle_) idle.clear();
  }

  // Whatever comes on an idle connection, its end as a rule, makes it useless.
  void OnEvent(Connection& connection) override {
    std::deque<Idle>& idle = idle_[connection.backend];
    const auto found = std::find_if(
        idle.begin(), idle.end(),
        [&](const Idle& each) { return &*each.link == &connection; });
    if (found != idle.end()) idle.erase(found);
  }

 private:
  struct Idle {
    Link link;
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
