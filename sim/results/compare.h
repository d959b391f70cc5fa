#pragma once

// A whole comparison: every policy on one scenario, as `els-sim run` prints it.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/sweep.h"

namespace els_sim {

// What each policy runs with, one after the other, instead of what the scenario
// has. Empty: as the scenario says.
struct Variants {
  std::vector<std::string> limits = {};  // Names of limiters.
  std::vector<std::string> hedges = {};  // As ParseHedge takes them.

  // How many runs that makes of one.
  std::size_t Count() const;
};

// The report. Each policy runs with each limit and each hedge of `variants`.
// `threads` and `on_run` (see RunSeeds) do not change it.
std::string Compare(const Scenario& scenario,
                    absl::Span<const PolicyInfo* const> policies, Seeds seeds,
                    std::size_t threads,
                    const std::function<void()>& on_run = nullptr,
                    const Variants& variants = {});

}  // namespace els_sim
