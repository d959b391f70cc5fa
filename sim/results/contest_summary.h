#pragma once

// A contest in a few lines, in Markdown that reads as text.

#include <string>

#include "sim/results/contest.h"

namespace els_sim {

// A line for each policy but the base: its cost and p99 to the base's, how
// often the base wins, ties and loses, and its worst loss. Then every loss to
// a policy that is no yardstick, the worst first of each policy's.
std::string RenderSummary(const Contest& contest);

}  // namespace els_sim
