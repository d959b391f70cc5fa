#pragma once

// The same simulation under many seeds, side by side on threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/simulate.h"

namespace els_sim {

// first, first + 1, ... REQUIRES: first > 0 and none above 2^64 - 1.
struct Seeds {
  std::uint64_t first = 1;
  std::size_t count = 20;
};

// One result per seed, in their order whatever the number of threads.
// `on_run`, if not empty, is called after each run, by one thread at a time.
// REQUIRES: threads > 0.
std::vector<Result> RunSeeds(const Scenario& scenario, const PolicyInfo& policy,
                             Seeds seeds, std::size_t threads,
                             const std::function<void()>& on_run = nullptr);

}  // namespace els_sim
