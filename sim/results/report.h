#pragma once

// The results of one policy as a few numbers, and those of many as a table.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/scenario.h"
#include "sim/model/simulate.h"
#include "sim/model/virtual_time.h"
#include "sim/results/limit_report.h"
#include "sim/results/sweep.h"

namespace els_sim {

// One window over all seeds.
struct WindowSummary {
  // Means over the seeds.
  double watched = 0;     // The part of the attempts that went to these.
  double unevenness = 0;  // Of the watched servers' shares; see Unevenness.
  double far = 0;         // Of the attempts: to another zone's servers.
  double peak = 0;        // In flight at once on any watched server.

  // Over all requests of all seeds that arrived within it.
  double error_rate = 0;
  Duration p99 = {};
  LimitSummary limit = {};  // If the scenario has one.
};

// Light requests, or heavy ones, over all seeds.
struct SizeSummary {
  FractionalDuration mean = {};
  Duration p50 = {};
  Duration p99 = {};
  Duration p999 = {};
};

// Over all requests of all seeds, a failed one counting as Result says.
struct Summary {
  std::string_view policy = {};
  FractionalDuration mean = {};
  // Standard error of the mean, from the seeds' own means; empty for one seed.
  std::optional<FractionalDuration> standard_error = {};
  Duration p50 = {};  // See Histogram::Quantile.
  Duration p90 = {};
  Duration p99 = {};
  Duration p999 = {};
  double error_rate = 0;            // Failures and timeouts, of all requests.
  double shed_rate = 0;             // Failures that were never sent.
  double attempts_per_request = 0;  // 1 without retries.
  std::vector<double> shares = {};  // Of all attempts, by server.
  SizeSummary light = {};           // If sizes are AreApart.
  SizeSummary heavy = {};
  std::vector<WindowSummary> windows = {};
  LimitSummary limit = {};      // If the scenario has one.
  FractionalDuration end = {};  // The last request's end, mean over seeds.
};

// `watched` are the servers that windows are summarised for, `windows` the
// scenario's, which only a limit needs. REQUIRES: at least
// one result. Numbers are zero if nothing was sent.
Summary Summarise(std::string_view policy, absl::Span<const Result> results,
                  absl::Span<const std::size_t> watched = {},
                  absl::Span<const Window> windows = {});

// Head and table; a table of light and heavy requests, if sizes are AreApart;
// then a table for each window; each line ended by a newline.
std::string Render(const Scenario& scenario, Seeds seeds,
                   absl::Span<const Summary> summaries);

}  // namespace els_sim
