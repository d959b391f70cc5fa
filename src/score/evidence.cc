#include "src/score/evidence.h"

#include <algorithm>
#include <chrono>

#include "els/portable_math.h"

namespace els::internal {
namespace {

// A backend that only fails costs 1/s - 1 = 6.7 failures, and never more: else
// what is left of a set that is too small for its load is given all of it, and
// fails too. In the simulator's half-fail at a load of 0.8, with a retry, 0.09
// loses 11.1 % of the requests of the outage and 15 s after it, 0.13 loses 7.6.
constexpr double kLowestSuccessRate = 0.13;

// What is left of one observation after 64 memories: from there on nothing, so
// that no sum becomes so small that arithmetic with it is slow.
constexpr double kNothing = 1e-28;

template <class Weight>
void Fade(Weight& weight, double decay) {
  weight = static_cast<Weight>(weight * decay);
  if (weight < kNothing) weight = 0;
}

Duration Rounded(double seconds) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(
      std::min(seconds, 1e9)));  // 31 years: below the range of Duration
}

double FailureLatencySeconds(const Moment& moment, const Mishaps& mishaps) {
  const Ticks ticks = Later(moment.latency_ticks, mishaps.ticks);
  const double decay = Decay(ticks - mishaps.ticks);
  return (mishaps.sum_s * decay + moment.prior_weight * moment.latency_s) /
         (mishaps.weight * decay + moment.prior_weight);
}

double FailureCostSeconds(const Moment& moment, const Mishaps& mishaps) {
  return std::max(FailureLatencySeconds(moment, mishaps),
                  moment.failure_cost_s);
}

void ForgetFailures(Mishaps& mishaps) {
  mishaps.sum_s = 0;
  mishaps.weight = 0;
}

void LearnFailure(double latency_s, const Moment& moment, Mishaps& mishaps) {
  const Ticks ticks = Later(moment.latency_ticks, mishaps.ticks);
  const double decay = Decay(ticks - mishaps.ticks);
  mishaps.sum_s = static_cast<float>(mishaps.sum_s * decay + latency_s);
  mishaps.weight = static_cast<float>(mishaps.weight * decay + 1);
  mishaps.ticks = ticks;
}

// The logarithm of what is left of what is known of a backend that has only
// failed for `memories`: of (1 + growth t)^(-1/growth). From where that fades
// kRarest times as slowly as at first, it goes on at this rate, so that a
// backend is never retried less often than every few minutes.
double OutageLog(double memories, double growth) {
  constexpr double kRarest = 10;
  if (growth < 1e-6) return -memories;
  const double growing = std::min(memories, (kRarest - 1) / growth);
  return -els::Log(1 + growth * growing) / growth -
         (memories - growing) / kRarest;
}

}  // namespace

// Of what is left, the part since the last CatchUp. The bound is for an outage
// of a million memories, after which the clock has gone round.
double Evidence::OutageDecay(Ticks now, double growth) const {
  const double memories_per_tick = pace_ / (256 * kTicksPerMemory);
  const auto left = [&](Ticks ticks) {
    return OutageLog(memories_per_tick * (ticks - failing_since_), growth);
  };
  return els::Exp(std::min(0.0, left(now) - left(success_ticks_)));
}

void Evidence::Age(Moment moment) {
  const bool failing = pace_ != kNotFailing;
  const Ticks latency_ticks = Later(moment.latency_ticks, latency_ticks_);
  const Ticks success_ticks = Later(moment.success_ticks, success_ticks_);
  const Ticks turn_ticks = Later(moment.turn_ticks, turn_ticks_);
  const double outage_decay =
      failing ? OutageDecay(success_ticks, moment.outage_growth) : 1;
  if (latency_ticks_ != latency_ticks || failing) {
    const double decay =
        failing ? outage_decay : Decay(latency_ticks - latency_ticks_);
    Fade(latency_weight_, decay);
    latency_sum_s_ = latency_weight_ > 0 ? latency_sum_s_ * decay : 0;
    latency_ticks_ = latency_ticks;
  }
  if (success_ticks_ != success_ticks) {
    const double decay =
        failing ? outage_decay : Decay(success_ticks - success_ticks_);
    Fade(succeeded_, decay);
    Fade(failed_, decay);
    success_ticks_ = success_ticks;
  }
  if (turn_ticks_ != turn_ticks) {
    Fade(recent_picks_, Decay(turn_ticks - turn_ticks_));
    turn_ticks_ = turn_ticks;
  }
}

void Evidence::NoteSetback(const Mishaps& mishaps) {
  if (pace_ == kNotFailing) failing_since_ = success_ticks_;
  // A double, as a product of counts might not fit.
  const auto good = static_cast<double>(successes_ + 1);
  const auto all =
      good + static_cast<double>(mishaps.failures + mishaps.timeouts);
  pace_ = std::clamp(static_cast<std::uint32_t>(256 * good / all), kSlowest,
                     kFastest);
}

void Evidence::LearnOther(Outcome outcome, double latency_s, Moment moment,
                          Mishaps& mishaps) {
  if (outcome == Outcome::kFailure) {
    ++mishaps.failures;
    NoteSetback(mishaps);
    // Of failures whose weight is gone nothing is left. Said here, since the
    // ticks of the mishaps, which no round catches up, may go round meanwhile.
    if (failed_ == 0) ForgetFailures(mishaps);
    if (latency_s > 0) LearnFailure(latency_s, moment, mishaps);
    succeeded_ *= moment.trust_after_failure;
    failed_ += 1;
    return;
  }
  if (outcome == Outcome::kTimeout) {
    // Not a failure as well: under overload that would count the same wait
    // twice, send everything to the backends that still answer, and make them
    // time out next. But never a cheaper one, however short the deadline.
    ++mishaps.timeouts;
    NoteSetback(mishaps);
    latency_s = std::max(latency_s, moment.failure_cost_s);
  } else {
    ++mishaps.cancelled;
  }
  // Of an answer that did not come before this it is known that it would have
  // taken longer: censored, so never evidence of being quick.
  if (latency_s > LatencySeconds(moment)) {
    if (outcome == Outcome::kTimeout) {
      latency_sum_s_ *= moment.trust_after_failure;
      latency_weight_ *= moment.trust_after_failure;
    }
    latency_sum_s_ += latency_s;
    latency_weight_ += 1;
  }
}

Terms Evidence::WithFailures(Moment moment, const Mishaps& mishaps,
                             Terms terms) const {
  terms.failure_cost_s = FailureCostSeconds(moment, mishaps);
  const double good = succeeded_ + moment.prior_weight;
  terms.success_rate = std::max(kLowestSuccessRate, good / (good + failed_));
  return terms;
}

BackendSnapshot Evidence::Snapshot(const Moment& moment,
                                   Mishaps mishaps) const {
  if (failed_ == 0) ForgetFailures(mishaps);
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
