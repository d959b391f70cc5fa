#include "src/record.h"

#include <algorithm>
#include <chrono>

namespace els::internal {
namespace {

// Keeps 1/s, and with it E, finite for a backend that only fails; at this rate
// it already costs a thousand failures.
constexpr double kLowestSuccessRate = 0.001;

// After this many successes the first-contact limit, doubled by each, is beyond
// any number of requests.
constexpr std::uint64_t kProven = 40;

Duration Rounded(double seconds) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(
      std::min(seconds, 1e9)));  // 31 years: below the range of Duration
}

std::uint64_t Nanoseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count());
}

}  // namespace

void Record::Picked(Duration start, Fleet& fleet) {
  ++counts_.picks;
  ++outstanding_;
  ++waiting_;
  start_sum_ns_ += Nanoseconds(start);
  picks_.Add(1, fleet.turn());
  fleet.Picked();
}

void Record::Settled(Duration start) {
  --waiting_;
  start_sum_ns_ -= Nanoseconds(start);
}

void Record::Learn(Outcome outcome, Duration latency, Fleet& fleet,
                   const Options& options) {
  // Not zero, or a fleet mean of zero would make every E zero.
  const double latency_s = Seconds(std::max(latency, Duration(1)));
  switch (outcome) {
    case Outcome::kSuccess:
      ++counts_.successes;
      latency_.Add(latency_s, fleet.latency());
      success_.Add(1, fleet.success());
      fleet.Succeeded(latency_s);
      return;  // All others come without the answer.
    case Outcome::kFailure:
    case Outcome::kTimeout:
      ++(outcome == Outcome::kTimeout ? counts_.timeouts : counts_.failures);
      failure_latency_.Add(latency_s, fleet.latency());
      success_.Add(0, fleet.success());
      break;
    case Outcome::kCancelled:
      ++counts_.cancelled;
      break;
  }
  // Of an answer that did not come before this it is known that it would have
  // taken longer: censored, so never evidence of being quick.
  if (outcome != Outcome::kFailure &&
      latency_s > LatencySeconds(fleet, options)) {
    latency_.Add(latency_s, fleet.latency());
  }
}

bool Record::AtFirstContactLimit(double limit) const {
  if (counts_.successes >= kProven) return false;
  const auto doubled =
      static_cast<double>(std::uint64_t{1} << counts_.successes);
  return static_cast<double>(outstanding_) >= limit * doubled;
}

double Record::LatencySeconds(const Fleet& fleet,
                              const Options& options) const {
  const double typical_s = fleet.latency_s();
  if (counts_.successes == 0) {
    return std::max(
        options.unproven_factor * typical_s,
        latency_.Mean(fleet.latency(), typical_s, options.prior_weight));
  }
  return latency_.Mean(fleet.latency(), typical_s, options.prior_weight);
}

double Record::FailureLatencySeconds(const Fleet& fleet,
                                     const Options& options) const {
  return failure_latency_.Mean(fleet.latency(), fleet.latency_s(),
                               options.prior_weight);
}

double Record::FailureCostSeconds(const Fleet& fleet,
                                  const Options& options) const {
  return std::max(FailureLatencySeconds(fleet, options),
                  fleet.failure_cost_s());
}

double Record::SuccessRate(const Fleet& fleet, const Options& options) const {
  return std::max(kLowestSuccessRate,
                  success_.Mean(fleet.success(), 1, options.prior_weight));
}

double Record::MeanAgeSeconds(Duration now) const {
  if (waiting_ == 0) return 0;
  const auto waiting = static_cast<std::uint64_t>(waiting_);
  const std::uint64_t ages_ns = waiting * Nanoseconds(now) - start_sum_ns_;
  return static_cast<double>(ages_ns) / static_cast<double>(waiting) * 1e-9;
}

double Record::OverdueAt(Duration now, double latency_s,
                         const Options& options) const {
  return waiting_ == 0
             ? 1
             : Overdue(MeanAgeSeconds(now), latency_s, options.overdue_factor);
}

Terms Record::At(Duration now, const Fleet& fleet,
                 const Options& options) const {
  Terms terms;
  terms.latency_s = LatencySeconds(fleet, options);
  if (!success_.all_ones()) {
    terms.failure_cost_s = FailureCostSeconds(fleet, options);
    terms.success_rate = SuccessRate(fleet, options);
  }
  terms.outstanding = outstanding_;
  terms.overdue = OverdueAt(now, terms.latency_s, options);
  terms.turn =
      Turn(fleet.Share(picks_), options.turn_slope, options.turn_limit);
  terms.distance = distance_;
  return terms;
}

BackendSnapshot Record::Snapshot(Duration now, const Fleet& fleet,
                                 const Options& options) const {
  const Terms terms = At(now, fleet, options);
  BackendSnapshot snapshot;
  snapshot.id = id_;
  snapshot.tag = tag_;
  snapshot.distance = distance_;
  snapshot.expected_latency = Rounded(ExpectedLatency(terms));
  snapshot.latency = Rounded(terms.latency_s);
  snapshot.failure_cost = Rounded(FailureCostSeconds(fleet, options));
  snapshot.success_rate = terms.success_rate;
  snapshot.outstanding = outstanding_;
  snapshot.overdue = terms.overdue;
  snapshot.turn = terms.turn;
  snapshot.failure_latency = Rounded(FailureLatencySeconds(fleet, options));
  snapshot.mean_age = Rounded(MeanAgeSeconds(now));
  snapshot.share = fleet.Share(picks_);
  snapshot.picks = counts_.picks;
  snapshot.successes = counts_.successes;
  snapshot.failures = counts_.failures;
  snapshot.timeouts = counts_.timeouts;
  snapshot.cancelled = counts_.cancelled;
  snapshot.dropped = counts_.dropped;
  snapshot.late_finishes = counts_.late_finishes;
  return snapshot;
}

}  // namespace els::internal
