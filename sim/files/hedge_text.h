#pragma once

// Hedges as scenario files, flags and reports write them.

#include <optional>
#include <string>
#include <string_view>

#include "sim/model/access_points.h"

namespace els_sim {

// For messages.
inline constexpr const char* kHedgeTexts =
    "none, learnt or a delay, such as 50ms";

// Sets what the text says, and leaves the options. Returns false, and changes
// nothing, if it says none of kHedgeTexts.
bool ParseHedge(std::string_view text, HedgePlan& plan);

// A text that ParseHedge takes.
std::string HedgeText(const HedgePlan& plan);

}  // namespace els_sim
