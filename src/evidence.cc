#include "src/evidence.h"

#include <algorithm>
#include <chrono>

namespace els::internal {
namespace {

// A backend that only fails costs 1/s - 1 = 13 failures, and never more: else
// what is left of a set that is too small for its load is given all of it, and
// fails too. In the simulator's zone-fails at a load of 0.8, with a retry and
// no budget, that is what happens at a rate of 0.05 or less, and it has no end.
constexpr double kLowestSuccessRate = 0.07;

// What is left of one observation after 64 memories: from there on nothing, so
// that no sum becomes so small that arithmetic with it is slow.
constexpr double kNothing = 1e-28;

void Fade(double& weight, double decay) {
  weight *= decay;
  if (weight < kNothing) weight = 0;
}

Duration Rounded(double seconds) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(
      std::min(seconds, 1e9)));  // 31 years: below the range of Duration
}

double FailureLatencySeconds(const Moment& moment, const Mishaps& mishaps) {
  const double decay = Decay(moment.latency_ticks - mishaps.ticks);
  return (mishaps.sum_s * decay + moment.prior_weight * moment.latency_s) /
         (mishaps.weight * decay + moment.prior_weight);
}

double FailureCostSeconds(const Moment& moment, const Mishaps& mishaps) {
  return std::max(FailureLatencySeconds(moment, mishaps),
                  moment.failure_cost_s);
}

void LearnFailure(double latency_s, const Moment& moment, Mishaps& mishaps) {
  const double decay = Decay(moment.latency_ticks - mishaps.ticks);
  mishaps.sum_s = static_cast<float>(mishaps.sum_s * decay + latency_s);
  mishaps.weight = static_cast<float>(mishaps.weight * decay + 1);
  mishaps.ticks = moment.latency_ticks;
}

}  // namespace

void Evidence::Age(Moment moment) {
  if (latency_ticks_ != moment.latency_ticks) {
    const double decay = Decay(moment.latency_ticks - latency_ticks_);
    Fade(latency_weight_, decay);
    latency_sum_s_ = latency_weight_ > 0 ? latency_sum_s_ * decay : 0;
    latency_ticks_ = moment.latency_ticks;
  }
  if (success_ticks_ != moment.success_ticks) {
    const double decay = Decay(moment.success_ticks - success_ticks_);
    Fade(tries_, decay);
    Fade(failed_tries_, decay);
    success_ticks_ = moment.success_ticks;
  }
  if (turn_ticks_ != moment.turn_ticks) {
    Fade(recent_picks_, Decay(moment.turn_ticks - turn_ticks_));
    turn_ticks_ = moment.turn_ticks;
  }
}

void Evidence::LearnOther(Outcome outcome, double latency_s, Moment moment,
                          Mishaps& mishaps) {
  if (outcome == Outcome::kFailure) {
    ++mishaps.failures;
    LearnFailure(latency_s, moment, mishaps);
    tries_ += 1;
    failed_tries_ += 1;
    return;
  }
  if (outcome == Outcome::kTimeout) {
    // Not a failure as well: under overload that would count the same wait
    // twice, send everything to the backends that still answer, and make them
    // time out next. But never a cheaper one, however short the deadline.
    ++mishaps.timeouts;
    latency_s = std::max(latency_s, moment.failure_cost_s);
  } else {
    ++mishaps.cancelled;
  }
  // Of an answer that did not come before this it is known that it would have
  // taken longer: censored, so never evidence of being quick.
  if (latency_s > LatencySeconds(moment)) {
    latency_sum_s_ += latency_s;
    latency_weight_ += 1;
  }
}

Terms Evidence::WithFailures(Moment moment, const Mishaps& mishaps,
                             Terms terms) const {
  terms.failure_cost_s = FailureCostSeconds(moment, mishaps);
  terms.success_rate = std::max(kLowestSuccessRate,
                                (tries_ - failed_tries_ + moment.prior_weight) /
                                    (tries_ + moment.prior_weight));
  return terms;
}

BackendSnapshot Evidence::Snapshot(const Moment& moment,
                                   const Mishaps& mishaps) const {
  const Terms terms = TermsAt(moment, mishaps);
  BackendSnapshot snapshot;
  snapshot.distance = distance_;
  snapshot.expected_latency = Rounded(ExpectedLatency(terms));
  snapshot.latency = Rounded(terms.latency_s);
  snapshot.failure_cost = Rounded(FailureCostSeconds(moment, mishaps));
  snapshot.success_rate = terms.success_rate;
  snapshot.outstanding = outstanding_;
  snapshot.overdue = terms.overdue;
  snapshot.turn = terms.turn;
  snapshot.failure_latency = Rounded(FailureLatencySeconds(moment, mishaps));
  snapshot.mean_age =
      Rounded(waiting_ > 0 ? AgesSeconds(moment) / waiting_ : 0);
  snapshot.share = Share(moment);
  if (successes_ + mishaps.failures + mishaps.timeouts + mishaps.cancelled >
      0) {
    // Below zero where another thread's clock is ahead.
    const auto since =
        static_cast<std::int32_t>(Coarse(moment.now_ns) - learnt_at_);
    snapshot.since_outcome = std::chrono::nanoseconds(
        std::max<std::int64_t>(since, 0) << kCoarseBits);
  }
  snapshot.picks = picks_;
  snapshot.successes = successes_;
  snapshot.failures = mishaps.failures;
  snapshot.timeouts = mishaps.timeouts;
  snapshot.cancelled = mishaps.cancelled;
  snapshot.dropped = picks_ - successes_ - mishaps.failures - mishaps.timeouts -
                     mishaps.cancelled - waiting_;
  snapshot.late_finishes = mishaps.late_finishes;
  return snapshot;
}

}  // namespace els::internal
