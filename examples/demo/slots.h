#pragma once

// What makes a backend slow under load: it works on a fixed number of requests
// at a time, and the others wait in line.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <utility>

namespace demo {

// A fixed number of slots behind one first-in-first-out queue without a bound.
// Not thread-safe: everything runs on the executor's one thread.
class Slots {
 public:
  // REQUIRES: count > 0.
  Slots(const boost::asio::any_io_executor& executor, std::size_t count)
      : taken_(executor, count) {}

  // Waits for a slot behind all who came earlier, then holds it while `work`
  // runs. REQUIRES: `work` does not throw, and this outlives it.
  boost::asio::awaitable<void> Run(boost::asio::awaitable<void> work) {
    co_await taken_.async_send(boost::system::error_code(),
                               boost::asio::use_awaitable);
    co_await std::move(work);
    taken_.try_receive([](boost::system::error_code) {});
  }

 private:
  // One buffered message per slot taken. Senders that find the buffer full
  // wait in order, and each receive lets exactly one of them in.
  boost::asio::experimental::channel<void(boost::system::error_code)> taken_;
};

}  // namespace demo
