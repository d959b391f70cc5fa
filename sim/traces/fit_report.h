#pragma once

// How well a fit fits.

#include <cstddef>
#include <functional>
#include <string>

#include "sim/model/scenario.h"
#include "sim/traces/recording.h"

namespace els_sim {

// Tables of the recording beside `scenario`, which FitText made of it: arrivals
// as the scenario brings them with seed 1, and for each recorded attempt what
// its backend makes of it, at that time, in the scenario. Ends with a newline.
// `on_part`, if not empty, is called after each of as many parts as
// FitReportParts says.
std::string FitReport(const Recording& recording, const Scenario& scenario,
                      const std::function<void()>& on_part = nullptr);

std::size_t FitReportParts(const Recording& recording);

}  // namespace els_sim
