#pragma once

// An open-loop load generator: a request is sent when it is due, whether or not
// earlier ones have been answered, and its latency counts from that moment. A
// slow service so gets no fewer requests, and none of its slowness is hidden
// ("coordinated omission").

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "examples/demo/schedule.h"

namespace demo {

// How one request of a schedule went.
struct Sample {
  Duration due{};      // since the start of the run
  Duration late{};     // from due to the generator's sending it
  Duration latency{};  // from due to the answer's last byte, or to the failure
  bool ok = false;     // answered, with a 2xx status
};

// A run as far as it has come.
struct LoadLog {
  std::size_t sent = 0;
  std::vector<Sample> samples{};  // one per answered or failed request
};

// Sends the schedule's requests to `target` over as many kept connections as
// it takes, and returns when each has been answered or has failed: refused,
// reset, unanswered `patience` after it was due, or answered with another
// status than 2xx. `log` grows meanwhile, for readers on the same thread.
// REQUIRES: the executor has one thread; `schedule` and `log` outlive the run.
boost::asio::awaitable<void> RunLoad(boost::asio::ip::tcp::endpoint target,
                                     std::span<const Arrival> schedule,
                                     Duration patience, LoadLog& log);

// The body of the answer to one GET. Throws if that is not a 2xx.
boost::asio::awaitable<std::string> Fetch(boost::asio::ip::tcp::endpoint target,
                                          std::string path);

}  // namespace demo
