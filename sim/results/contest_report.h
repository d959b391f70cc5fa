#pragma once

// A contest as text for people, and as CSV and JSON for programs.

#include <string>
#include <vector>

#include "sim/results/contest.h"

namespace els_sim {

// A row for each scenario and policy, the standings, and once more every loss
// of the base, so that none is overlooked.
std::string RenderContest(const Contest& contest);

// A line of heads and one for each scenario and policy. Times are in seconds;
// a field is empty if there is no such number. After RFC 4180, but with plain
// newlines.
std::string ContestCsv(const Contest& contest);

// The same and more: each seed's costs, and the standings. Null if there is no
// such number.
std::string ContestJson(const Contest& contest);

// The losses of the base to policies that are no yardsticks, one line each, in
// capitals.
std::vector<std::string> LossesOf(const Contest& contest);

// The scenario's name, with its load if the contest has it with several.
std::string TitleOf(const Contest& contest, std::size_t scenario);

// "0.123 [0.120, 0.126]"; without the interval if there is none.
std::string RatioText(const LogRatio& ratio);

// "els against 7 policies in 44 scenarios, seeds 1 to 5"
std::string ContestTitle(const Contest& contest);

// "Whole runs count, from the first request on."; or what does not.
std::string WarmUpText(const Contest& contest);

}  // namespace els_sim
