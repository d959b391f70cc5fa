#pragma once

// One simulation: a scenario, a policy and a seed.

#include <cstdint>
#include <vector>

#include "sim/policy.h"
#include "sim/scenario.h"
#include "sim/virtual_time.h"
#include "sim/window.h"

namespace els_sim {

// How every request of a run went; none is left out, since the run goes on
// until the last one has been answered or given up.
struct Result {
  // By request in order of arrival: the time until it was answered or given up,
  // and if that was a failure or a timeout the scenario's penalty on top.
  std::vector<Duration> costs = {};

  // Requests by how their last attempt went.
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t timed_out = 0;

  std::vector<std::uint64_t> picks = {};  // Attempts sent, by server.
  Time end = {};                          // When the last request ended.

  std::vector<WindowResult> windows = {};  // As the scenario lists them.
};

// Runs to the end. Pure: the same arguments give the same result on every
// machine, and calls may run side by side. Aborts if a request was lost.
// REQUIRES: seed > 0; fewer than 2^32 requests.
Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed);

}  // namespace els_sim
