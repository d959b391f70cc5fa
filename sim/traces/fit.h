#pragma once

// What a recording says of arrivals and backends, as a model of both that a
// scenario can be made of.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"
#include "sim/traces/recording.h"

namespace els_sim {

// How attempts went. The cancelled ones do not count: nobody knows how they
// would have ended.
struct AttemptTally {
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;  // With the timeouts.
  std::uint64_t timeouts = 0;
  // Of the logarithms of the work of those successes that have any: what a few
  // very long ones add to a mean says nothing of the others.
  std::uint64_t works = 0;
  double logs = 0;
  double log_squares = 0;
  // Of how long those failures took that say so, in ns.
  std::uint64_t waits = 0;
  double waited_ns = 0;

  void Add(const RecordedAttempt& attempt);
  void Add(const AttemptTally& other);

  double FailureRate() const;   // 0 of none.
  double MeanLog() const;       // Likewise.
  double SquaredError() const;  // Of the mean: its variance.
};

// A stretch [from, until) in which a backend was much the same.
struct BackendStretch {
  Duration from = {};
  Duration until = Duration::max();
  AttemptTally tally = {};
  double slowness = 1;
  bool silent = false;  // It answered nothing, and all was waited for in vain.
};

struct BackendFit {
  std::string name = {};
  std::vector<BackendStretch> stretches = {};  // From 0 on, without a gap.

  AttemptTally All() const;
  const BackendStretch& At(Duration time) const;
};

// Each backend of the recording. Its stretches are twentieths of the recording,
// fewer if there is little in them; neighbours are one unless they differ by
// four standard errors, and by a tenth. Slowness is relative to the fastest
// stretch of all that is sure to be so, by geometric means; 1 if it does not
// differ by as much, or if the work is not latencies.
std::vector<BackendFit> FitBackends(const Recording& recording);

struct ArrivalsFit {
  Duration length = {};
  double rate = 0;  // Per second, in the mean.
  // Whether gaps vary by less than a half, relative to the rate of their time.
  Gaps gaps = Gaps::kExponential;
  // Empty if the rate is much the same throughout, by the rule for backends and
  // hundredths of the recording.
  std::vector<ProfilePoint> steps = {};
};

// InvalidArgumentError if the requests all came at once. REQUIRES:
// recording.has_times.
absl::StatusOr<ArrivalsFit> FitArrivals(const Recording& recording);

struct TraceFit {
  ArrivalsFit arrivals = {};
  // Equally far from each other, of the work of successes over the slowness of
  // their stretches, in ms; at most 1001. The last
  // is not the most, but what gives what is above the last but one its mean.
  std::vector<double> quantiles_ms = {};
  std::vector<BackendFit> backends = {};
  std::optional<Duration> timeout = {};  // The longest of those recorded.
};

// `rate`, per second and above 0, of a recording without times. An
// InvalidArgumentError says what the recording lacks.
absl::StatusOr<TraceFit> FitTrace(const Recording& recording,
                                  std::optional<double> rate);

}  // namespace els_sim
