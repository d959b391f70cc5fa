#pragma once

// The demonstration: each policy in turn meets the same requests and servers of
// the same kind, started afresh.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "examples/demo/fleet.h"
#include "examples/demo/summary.h"

namespace demo {

struct DemoOptions {
  Programs programs;
  std::chrono::seconds seconds{};  // of traffic for each policy
  std::uint64_t seed = 0;
  // Files of the access point while its policy is els; empty: none.
  std::string options = {};
  std::string record = {};
};

// Runs every policy, showing progress on standard output. Throws if a server
// does not come up or does not tell its counts.
boost::asio::awaitable<std::vector<PolicyResult>> RunDemo(DemoOptions options);

// What was run, in paragraphs.
std::vector<std::string> DescribeSetUp(
    const DemoOptions& options, const std::vector<PolicyResult>& results);

}  // namespace demo
