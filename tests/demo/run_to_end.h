#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <utility>

namespace demo {

// Runs `io` until `done()`, whatever else is pending there. What is waited for
// need not happen there: it is asked for again every few milliseconds.
template <typename Predicate>
void RunUntil(boost::asio::io_context& io, Predicate done) {
  while (!done()) {
    io.restart();  // it stops whenever it runs out of work
    io.run_one_for(std::chrono::milliseconds(5));
  }
}

// Runs `io` until `work` is done. Returns what it returns, throws what it
// throws.
template <typename Result>
Result RunToEnd(boost::asio::io_context& io,
                boost::asio::awaitable<Result> work) {
  std::future<Result> result =
      boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
  RunUntil(io, [&result] {
    return result.wait_for(std::chrono::seconds(0)) ==
           std::future_status::ready;
  });
  return result.get();
}

}  // namespace demo
