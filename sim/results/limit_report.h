#pragma once

// What a limit made of a run, or of a window of it, as columns of a report.

#include <array>

#include "absl/types/span.h"
#include "els/concurrency_limit.h"
#include "sim/model/gate.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"
#include "sim/results/text_table.h"

namespace els_sim {

// Over all seeds.
struct LimitSummary {
  double refused = 0;  // By the limit, of all requests.
  double goodput = 0;  // Requests that succeeded, per second.
  Duration p99 = {};   // Of the requests that were not refused.
  double apart = 0;    // The farthest access point's goodput is from the mean,
                       // as a part of it.
  std::array<double, els::kPriorities> served = {};  // By priority: the part
                                                     // that succeeded.
};

// `length` is that of all tallies together. REQUIRES: at least one tally.
LimitSummary SummariseLimit(absl::Span<const LimitTally* const> tallies,
                            FractionalDuration length);

// Appends the heads of the columns that this scenario has, or the cells; none
// if it has no limit.
void AppendLimitHeads(const Scenario& scenario, TextRow& row);
void AppendLimitCells(const Scenario& scenario, const LimitSummary& summary,
                      TextRow& row);

}  // namespace els_sim
