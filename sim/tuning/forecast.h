#pragma once

// How many simulations a search still takes, so that it can say how long.

#include <cstddef>

#include "sim/tuning/tune_plan.h"

namespace els_sim {

// The parts of a search, in their order.
enum class TunePart {
  kExplore,  // Rungs.
  kPolish,   // Points of NLopt.
  kDisturb,  // Half and twice each option.
  kCompare,  // New seeds.
};

// From the beginning of this part, or once so many of its rungs or points
// are done, to the end of all. A guess where it depends on what is found.
std::size_t ForecastRuns(const TunePlan& plan, TunePart part, std::size_t done);

}  // namespace els_sim
