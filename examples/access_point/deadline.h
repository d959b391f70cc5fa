#pragma once

// Private to proxy.cc.

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "examples/access_point/net.h"

namespace access_point {

// Closes a socket unless disarmed in time; the operations waiting on the socket
// then end with an error. Arming is cheap, so that it can be done for each
// block of a body: the timer is left to run and put off only when it fires.
class Deadline {
 public:
  explicit Deadline(tcp::socket& socket)
      : state_(std::make_shared<State>(socket)) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() {
    state_->due = kNever;
    state_->timer.cancel();
  }

  void Arm(els::Duration limit) {
    state_->due = Now() + limit;
    if (!state_->waiting || state_->due < state_->timer.expiry()) Wait(state_);
  }
  void Disarm() { state_->due = kNever; }

  // Whether it has closed the socket.
  bool expired() const { return state_->expired; }

 private:
  static constexpr els::TimePoint kNever = els::TimePoint::max();

  struct State {
    explicit State(tcp::socket& guarded)
        : socket(guarded), timer(guarded.get_executor()) {}

    tcp::socket& socket;  // May be gone once `due` is kNever.
    net::steady_timer timer;
    els::TimePoint due = kNever;
    bool waiting = false;
    bool expired = false;
  };

  static void Wait(std::shared_ptr<State> state) {
    state->waiting = true;
    state->timer.expires_at(state->due);
    net::steady_timer& timer = state->timer;
    timer.async_wait([held = std::move(state)](const Error& cancelled) mutable {
      if (!cancelled) Fire(std::move(held));
    });
  }

  static void Fire(std::shared_ptr<State> state) {
    state->waiting = false;
    if (state->due == kNever) return;
    if (state->due > Now()) return Wait(std::move(state));
    state->expired = true;
    Error ignored;
    state->socket.close(ignored);
  }

  const std::shared_ptr<State> state_;
};

}  // namespace access_point
