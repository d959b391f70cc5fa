#pragma once

// Whether the work of a scenario can be brought. Parts of scenario_check.h.

#include "sim/files/checker.h"
#include "sim/model/scenario.h"

namespace els_sim {

void CheckSizes(const Sizes& sizes, Checker check);

void CheckArrivals(const Scenario& scenario, Checker check);

}  // namespace els_sim
