#pragma once

// What a search found, as text, as tables and as a file of options.

#include <string>
#include <vector>

#include "sim/results/text_table.h"
#include "sim/tuning/tune.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

// "3 options over 4 scenarios, seeds 1 to 36, yardstick
// shortest-expected-delay"
std::string TuneTitle(const TunePlan& plan);

// Whether anything better than the start was found, in a sentence.
std::string TuneVerdict(const TunePlan& plan, const TuneResult& result);

// Tables, the first row of each being its heads.

// An option a row: its range, the start's and the tuned value, and what half
// and twice the tuned one cost.
std::vector<TextRow> OptionTable(const TunePlan& plan,
                                 const TuneResult& result);

// A scenario a row, with new seeds, and the means of each role.
std::vector<TextRow> ScenarioTable(const TunePlan& plan,
                                   const TuneResult& result);

// A point of the Pareto set a row.
std::vector<TextRow> ParetoTable(const TunePlan& plan,
                                 const TuneResult& result);

// The constraints that the tuned options break with the new seeds, a line each.
std::vector<std::string> BrokenConstraints(const TunePlan& plan,
                                           const TuneResult& result);

// All of that.
std::string RenderTune(const TunePlan& plan, const TuneResult& result);

// What els::ParseOptions reads: the tuned options, all of them, below a comment
// that says where they come from.
std::string TunedOptionsText(const TunePlan& plan, const TuneResult& result,
                             const std::vector<std::string>& arguments);

}  // namespace els_sim
