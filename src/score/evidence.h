#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "els/balancer.h"
#include "els/snapshot.h"
#include "src/score/expected_latency.h"
#include "src/score/moment.h"
#include "src/score/ticks.h"

namespace els::internal {

// In seconds, for use inside a formula.
inline double Seconds(std::int64_t ns) {
  return static_cast<double>(ns) * 1e-9;
}

// What went wrong with one backend: seldom written, and read only where
// something has, so that it lies apart from the rest.
struct Mishaps {
  std::uint64_t failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint32_t late_finishes = 0;

  // The decayed sums of the latencies of failures, as of a tick.
  // Floats will do: they add a few per cent to what a failure costs.
  Ticks ticks = 0;
  float sum_s = 0;
  float weight = 0;
};

// What successive requests teach of one backend: the only place that knows what
// each outcome teaches. A plain value; its Record guards it.
//
// Every mean is of forward-decayed sums (Cormode, Shkapenyuk, Srivastava and
// Xu, "Forward decay", ICDE 2009) whose landmark is the tick of the last
// CatchUp: an observation made now weighs 1, and no sum can overflow.
class Evidence {
 public:
  std::uint32_t outstanding() const { return outstanding_; }
  std::uint64_t picks() const { return picks_; }

  // Its weight on the turn clock, as of CatchUp.
  double recent_picks() const { return recent_picks_; }

  double distance() const { return distance_; }
  void set_distance(double distance) { distance_ = distance; }

  // Ages all sums to the moment, if it is not older than that of the last call.
  // Every call below that takes one REQUIRES it.
  void CatchUp(const Moment& moment) {
    if (latency_ticks_ != moment.latency_ticks ||
        success_ticks_ != moment.success_ticks ||
        turn_ticks_ != moment.turn_ticks) {
      Age(moment);
    }
  }

  // A request is sent now.
  void Picked(const Moment& moment) {
    ++picks_;
    ++outstanding_;
    ++waiting_;
    start_sum_ns_ += static_cast<std::uint64_t>(moment.now_ns);
    recent_picks_ += 1;
  }

  // A request sent at `start_ns` is no longer waited for: it is answered, or
  // over.
  void Settled(std::int64_t start_ns) {
    --waiting_;
    start_sum_ns_ -= static_cast<std::uint64_t>(start_ns);
  }

  // Learns how a request went that has taken `latency_ns`. One of 0 or less is
  // of a clock that lags, and says nothing of the latency.
  void Learn(Outcome outcome, std::int64_t latency_ns, const Moment& moment,
             Mishaps& mishaps) {
    learnt_at_ = Coarse(moment.now_ns);
    const double latency_s = Seconds(latency_ns);
    if (outcome != Outcome::kSuccess) {
      return LearnOther(outcome, latency_s, moment, mishaps);
    }
    ++successes_;
    pace_ = kNotFailing;
    succeeded_ += 1;
    if (latency_ns <= 0) return;
    latency_sum_s_ += latency_s;
    latency_weight_ += 1;
    ++new_successes_;
    new_latency_s_ += latency_s;
  }

  // A request is over.
  void Released() { --outstanding_; }

  // The successes learnt since the last call, for the fleet: their number, and
  // the sum of their latencies.
  struct News {
    std::uint32_t successes = 0;
    double latency_s = 0;
  };
  News TakeNews() {
    const News news = {new_successes_, std::exchange(new_latency_s_, 0)};
    new_successes_ = 0;
    return news;
  }

  Terms TermsAt(const Moment& moment, const Mishaps& mishaps) const {
    Terms terms;
    terms.latency_s = LatencySeconds(moment);
    if (failed_ > 0) terms = WithFailures(moment, mishaps, terms);
    terms.distance = distance_;
    UpdateTerms(moment, terms);
    return terms;
  }

  // Those of the terms that a pick changes.
  void UpdateTerms(const Moment& moment, Terms& terms) const {
    terms.outstanding = outstanding_;
    terms.overdue = Overdue(AgesSeconds(moment), waiting_, terms.latency_s,
                            moment.overdue_factor);
    terms.turn = Turn(Share(moment), moment.turn_slope, moment.turn_limit);
  }

  // Whether the backend is at its first-contact limit, and what it has been
  // sent is not late: it is to be picked after all that are not.
  bool HeldBack(const Moment& moment, const Terms& terms) const {
    return successes_ < kProven && terms.overdue == 1 &&
           outstanding_ >=
               moment.first_contact_limit *
                   static_cast<double>(std::uint64_t{1} << successes_);
  }

  // All but the id and the tag.
  BackendSnapshot Snapshot(const Moment& moment, Mishaps mishaps) const;

 private:
  // After this many successes the first-contact limit, doubled by each, is
  // beyond any number of requests.
  static constexpr std::uint64_t kProven = 40;

  // Of pace_.
  static constexpr std::uint32_t kNotFailing = 0;
  static constexpr std::uint32_t kSlowest = 64;
  static constexpr std::uint32_t kFastest = 255;

  static constexpr int kCoarseBits = 28;
  static std::uint32_t Coarse(std::int64_t ns) {
    return static_cast<std::uint32_t>(ns >> kCoarseBits);
  }

  // By value, as they are called seldom: so that a moment whose address is
  // never taken may stay in registers.
  void Age(Moment moment);
  double OutageDecay(Ticks now, double growth) const;
  void NoteSetback(const Mishaps& mishaps);
  void LearnOther(Outcome outcome, double latency_s, Moment moment,
                  Mishaps& mishaps);
  Terms WithFailures(Moment moment, const Mishaps& mishaps, Terms terms) const;

  double LatencySeconds(const Moment& moment) const {
    const double mean =
        (latency_sum_s_ + moment.prior_weight * moment.latency_s) /
        (latency_weight_ + moment.prior_weight);
    if (successes_ > 0) return mean;
    return std::max(mean, moment.unproven_factor * moment.latency_s);
  }

  // The sum over those not yet answered. Below zero, were it not for the bound,
  // where another thread's clock is ahead.
  double AgesSeconds(const Moment& moment) const {
    const std::uint64_t ages_ns =
        waiting_ * static_cast<std::uint64_t>(moment.now_ns) - start_sum_ns_;
    return Seconds(
        std::max<std::int64_t>(static_cast<std::int64_t>(ages_ns), 0));
  }

  double Share(const Moment& moment) const {
    return (recent_picks_ + 1) * moment.fair_part;
  }

  std::uint32_t outstanding_ = 0;
  // Of those not yet answered: their number and the sum of their starts, in
  // wrapping nanoseconds, so that their mean age is one subtraction.
  std::uint32_t waiting_ = 0;
  std::uint64_t start_sum_ns_ = 0;

  double latency_sum_s_ = 0;  // On the latency clock.
  double latency_weight_ = 0;
  double succeeded_ = 0;  // On the success clock.
  double failed_ = 0;
  // On the turn clock. A float, as room is scarce and a score no better for
  // more.
  float recent_picks_ = 0;

  // The success clock's reading at the first failure or timeout since a
  // success; pace_ says whether there was one.
  Ticks failing_since_ = 0;

  Ticks latency_ticks_ = 0;
  Ticks success_ticks_ = 0;
  Ticks turn_ticks_ = 0;

  std::uint32_t new_successes_ : 24 = 0;
  // How fast an outage is forgotten, in 256ths of the success clock's pace.
  std::uint32_t pace_ : 8 = kNotFailing;
  double new_latency_s_ = 0;

  std::uint64_t picks_ = 0;
  std::uint64_t successes_ = 0;
  double distance_ = 1;
  // When the latest outcome was learnt, in units of 0.27 s. Right for 18 years.
  std::uint32_t learnt_at_ = 0;
};

}  // namespace els::internal
