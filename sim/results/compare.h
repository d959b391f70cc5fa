#pragma once

// A whole comparison: every policy on one scenario, as `els-sim run` prints it.

#include <cstddef>
#include <functional>
#include <string>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/sweep.h"

namespace els_sim {

// The report. With `limits`, names of limiters, each policy runs with each of
// them instead of the scenario's own. `threads` and `on_run` (see RunSeeds) do
// not change it.
std::string Compare(const Scenario& scenario,
                    absl::Span<const PolicyInfo* const> policies, Seeds seeds,
                    std::size_t threads,
                    const std::function<void()>& on_run = nullptr,
                    absl::Span<const std::string> limits = {});

}  // namespace els_sim
