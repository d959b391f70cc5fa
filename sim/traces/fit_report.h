#pragma once

// How well a fit fits.

#include <string>

#include "sim/model/scenario.h"
#include "sim/traces/recording.h"

namespace els_sim {

// Tables of the recording beside `scenario`, which FitText made of it: arrivals
// as the scenario brings them with seed 1, and for each recorded attempt what
// its backend makes of it, at that time, in the scenario. Ends with a newline.
std::string FitReport(const Recording& recording, const Scenario& scenario);

}  // namespace els_sim
