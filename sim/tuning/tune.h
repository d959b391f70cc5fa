#pragma once

// The search for better options: Sobol's points and successive halving, then
// NLopt's Sbplx from the best of them, all with the same requests for each.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/results/paired.h"
#include "sim/tuning/journal.h"
#include "sim/tuning/judge.h"
#include "sim/tuning/option_space.h"
#include "sim/tuning/trials.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

// Who proposed a point.
enum class TuneStage { kStart, kSobol, kPolish };

// "start", "sobol", "polish".
std::string_view StageText(TuneStage stage);

struct TunePoint {
  Values values = {};
  TuneStage stage = TuneStage::kStart;
  std::size_t candidate = 0;  // Of Trials.
  std::size_t seeds = 0;      // That it was judged with, in the end.
  Judgement judgement = {};
  // Its objective minus the start's with the same seeds, so that points of
  // different numbers of seeds can be compared.
  double above_start = 0;
  // Whether the constraint scenarios are part of it: they are simulated for
  // those points alone that would be kept or chosen.
  bool checked = false;
};

// An option of the chosen point changed alone.
struct Change {
  double value = 0;
  LogRatio cost = {};  // To that of the chosen point, over the train scenarios.
  // Of these the one where it changes most, and by how much there.
  std::size_t scenario = 0;
  LogRatio there = {};
};
struct Sensitivity {
  // Empty where the library takes no other value in that direction.
  std::optional<Change> half = {};
  std::optional<Change> twice = {};
};

// A scenario with seeds that the search has not seen.
struct FinalRow {
  double start_ms = 0;  // Mean cost.
  double tuned_ms = 0;
  double start_p99_ms = 0;  // Means over the seeds.
  double tuned_p99_ms = 0;
  double start_errors = 0;  // Parts of the requests.
  double tuned_errors = 0;
  LogRatio to_start = {};  // Of the tuned cost.
  LogRatio to_yardstick = {};
  Score score = Score::kTie;  // Of the tuned options against the start's.
  double violation = 0;       // Of its constraints; see Judgement.
};

struct TuneResult {
  // The start is the first.
  std::vector<TunePoint> points = {};
  std::size_t best = 0;  // Of the smallest objective.
  // That one of those within a standard error, or 0.1 %, of the best that is
  // nearest to the start: what cannot be told from the best is no reason to go
  // further.
  std::size_t chosen = 0;
  std::vector<std::size_t> pareto = {};  // By cost, 99th percentile and errors.
  std::vector<Sensitivity> sensitivities = {};  // By option.
  std::vector<FinalRow> rows = {};              // By scenario.
  // Over the train, the constraint and the hold-out scenarios, each counting
  // the same: the tuned cost to the start's. Empty where there are none.
  std::vector<std::optional<LogRatio>> by_role = {};
};

// Runs all of it. The result depends on the plan alone: on no number of
// threads, and not on what is recalled of an earlier search. `known`, if not
// null, is what the journal had. CancelledError if the hooks' `stopped` said
// so; errors of the journal, and of Trials::Recall.
absl::StatusOr<TuneResult> Tune(const TunePlan& plan, const TuneHooks& hooks,
                                const JournalContent* known = nullptr);

}  // namespace els_sim
