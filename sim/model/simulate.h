#pragma once

// One simulation: a scenario, a policy and a seed.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "els/balancer.h"
#include "sim/model/gate.h"
#include "sim/model/histogram.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"
#include "sim/model/window.h"

namespace els_sim {

// How the requests of a run went; none is left out, since the run goes on until
// the last one has been answered or given up.
struct Result {
  // By request: the time until it was answered (of a stream, until its first
  // byte) or given up, and if that was a failure or a timeout the scenario's
  // penalty on top.
  Histogram costs = {};
  // The same of light requests and of heavy ones, if sizes are AreApart.
  Histogram light_costs = {};
  Histogram heavy_costs = {};

  // Requests by how their last attempt went.
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t shed = 0;  // Of these, never sent: all servers had their limit.
  // If the scenario has a limit. What it refuses has failed, too.
  std::optional<LimitTally> limit = {};
  std::uint64_t timed_out = 0;

  std::vector<std::uint64_t> picks = {};  // Attempts sent, by server.
  Time end = {};                          // When the last request ended.

  std::vector<WindowResult> windows = {};  // As the scenario lists them.
  // Likewise, if the scenario has a limit.
  std::vector<LimitTally> limit_windows = {};
};

// A request that has ended.
struct Ended {
  std::uint64_t number = 0;  // In order of arrival, from 0 on.
  Time arrival = {};
  Time end = {};              // Of a stream that went well, its first byte.
  els::Outcome outcome = {};  // Of its last attempt: never kNeutral.
  // Which got that. Empty if it was not sent, as all servers had their limit.
  std::optional<std::uint32_t> server = {};
};

// Runs to the end, and calls `on_end`, if not empty, for each request as it
// ends. Pure: the same arguments give the same result on every machine, and
// calls may run side by side. Memory is bounded by what is in flight, and by
// what was sent within a timeout. Aborts if a request was lost, or if those in
// flight do not obey Little's law. REQUIRES: seed > 0; WhatIsWrong(scenario) is
// empty.
Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed,
                const std::function<void(const Ended&)>& on_end = nullptr);

}  // namespace els_sim
