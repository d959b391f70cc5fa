#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "examples/access_point/connection.h"

namespace access_point {

// Lets one coroutine wait until something has happened to any of several
// connections. Of one thread.
class Wake final : public Watcher {
 public:
  void OnEvent(Connection&) override { Notify(); }

  void Notify() {
    happened_ = true;
    if (!waiting_) return;
    auto resume = std::exchange(waiting_, nullptr);
    resume();  // May destroy this.
  }

  // Returns at once if something has happened since it last returned.
  Async<> Wait() {
    if (!happened_) co_await Suspend();
    happened_ = false;
  }

 private:
  Async<> Suspend() {
    return net::async_initiate<const net::use_awaitable_t<>, void()>(
        [this](auto handler) {
          waiting_ = [held = std::move(handler)]() mutable {
            std::move(held)();
          };
        },
        net::use_awaitable);
  }

  absl::AnyInvocable<void()> waiting_;
  bool happened_ = false;
};

}  // namespace access_point
