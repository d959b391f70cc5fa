#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "els/balancer.h"
#include "els/snapshot.h"
#include "src/score/counts.h"
#include "src/score/expected_latency.h"
#include "src/score/moment.h"
#include "src/score/news.h"
#include "src/score/outstanding.h"
#include "src/score/recent.h"
#include "src/score/reported.h"
#include "src/score/rounds.h"
#include "src/score/ticks.h"
#include "src/score/work.h"

namespace els::internal {

// What successive requests teach of one backend. No other class knows what each
// outcome teaches. A plain value; its Record guards it.
//
// Every mean is one of forward-decayed sums (Cormode, Shkapenyuk, Srivastava
// and Xu, "Forward decay", ICDE 2009). Their landmark is the tick of the last
// CatchUp. So an observation made now weighs 1, and no sum can overflow.
class Evidence {
 public:
  const Outstanding& outstanding() const { return outstanding_; }
  Outstanding& outstanding() { return outstanding_; }
  // Returns the lower 32 bits of the number of picks.
  std::uint32_t picks() const { return picks_; }

  // Returns the weight of the picks on the turn clock, as of the last CatchUp
  // and the picks since.
  double recent_picks() const { return recent_.picks(); }

  const Traits& traits() const { return traits_; }
  void set_traits(const Traits& traits) { traits_ = traits; }

  // Counts the backend as having had no less than `part` of its fair share of
  // the recent picks. So it is owed no more than the rest for the time before
  // it joined the set, or became well.
  void Forgive(const Moment& moment, double part) {
    constexpr double kMost = 1e12;  // More than a memory can have.
    const double fair = (1 / moment.fair_part - 1) / traits_.per_weight;
    recent_.AtLeast(std::min(part * fair, kMost));
  }

  // Ages all sums to the moment. A clock that is older than at the last call
  // does not move back. Returns whether the moment's clocks differ from those
  // of the last call: then it is time to tell the fleet. REQUIRES, for each
  // call below that takes a moment: CatchUp was called with that moment before.
  bool CatchUp(const Moment& moment) {
    if (latency_ticks_ == moment.latency_ticks &&
        success_ticks_ == moment.success_ticks &&
        turn_ticks_ == moment.turn_ticks) {
      return false;
    }
    Age(moment.latency_ticks, moment.success_ticks, moment.turn_ticks,
        moment.rules->outage_growth);
    return true;
  }

  // Counts a request of `work` that is sent now. `terms` are those before it.
  void Picked(const Moment& moment, Work work, const Terms& terms) {
    ++picks_;
    ++new_picks_;
    outstanding_.Sent(work, moment.now_ns);
    recent_.Picked();
    if (moment.rules->parallelism > 0) recent_.Found(terms.queue);
  }

  // Learns from a request of `work` that took `latency_ns`. A latency of 0 or
  // less comes from a clock that lags, and is no sample, unless the outcome is
  // a timeout.
  void Learn(Outcome outcome, std::int64_t latency_ns, Work work,
             const Moment& moment, Mishaps& mishaps) {
    learnt_at_ = Coarse(moment.now_ns);
    const double latency_s = Seconds(latency_ns);
    if (outcome != Outcome::kSuccess) {
      return LearnOther(outcome, latency_s, work, moment, mishaps);
    }
    answered_at_ns_ = moment.now_ns;
    CountSuccess(mishaps);
    if (pace_ != kNotFailing) Forgive(moment, kForgiven);
    pace_ = kNotFailing;
    succeeded_ += 1;
    if (latency_ns > 0) LearnLatency(PerWork(latency_s, work), moment);
  }

  // Learns what a server has told in its answer to a request that is still
  // counted as outstanding.
  void LearnReport(Told told, const Moment& moment) {
    if (told.kind != Told::Kind::kNothing) Learn(told, moment);
  }

  // Learns that a request whose answer began well has ended badly.
  void LearnCut(const Moment& moment, Mishaps& mishaps);

  // Forgets all but counts, and moves the clocks to the moment, however far
  // they are behind.
  void Forget(const Moment& moment);

  // Returns whether there is so much news that the fleet is told before the
  // clocks move.
  bool HasMuchNews() const { return new_picks_ + new_successes_ >= 8; }
  // Returns the news that the fleet has not been told, and counts it as told.
  News TakeNews() {
    const News news = {
        .picks = std::exchange(new_picks_, 0),
        .successes = std::exchange(new_successes_, 0),
        .weight = std::exchange(new_weight_, 0),
        .latency_s = std::exchange(new_latency_s_, 0),
        .square_s2 = std::exchange(new_square_s2_, 0),
        .product_s2 = std::exchange(new_product_s2_, 0),
    };
    return news;
  }

  Terms TermsAt(const Moment& moment) const {
    const Rules& rules = *moment.rules;
    // First, as a call in the middle costs all requests some instructions.
    const double tail_s = rules.tail > 0 ? TailSeconds(moment) : 0;
    const double prior = moment.prior_weight;
    Terms terms;
    terms.tail_s = tail_s;
    terms.prior_of_latency = prior * (1 / (latency_weight_ + prior));
    terms.latency_s = LatencySeconds(moment);
    if (failed_ > 0) {
      const double prior_of_one = rules.prior_weight;
      terms.prior_of_success = prior_of_one * (1 / (succeeded_ + prior_of_one));
      terms.failure_cost_s = FailureCostSeconds(moment, prior_of_one);
      terms.failures = FailuresToASuccess(prior_of_one);
    }
    terms.queue = Queue(moment);
    if (rules.parallelism > 0) terms.parallelism = Parallelism(moment);
    terms.ages_s = outstanding_.AgesSeconds(moment.now_ns, answered_at_ns_);
    terms.overdue = OverdueAt(moment, terms);
    terms.share = Share(moment);
    terms.turn = TurnAt(moment, terms);
    terms.distance = traits_.distance;
    terms.crowding = reported_.crowding();
    return terms;
  }

  // Changes `terms`, which are those before a pick, to those after it.
  // REQUIRES: Picked has counted the pick, of `work`.
  void AddPickTo(const Moment& moment, Work work, Terms& terms) const {
    if (moment.rules->tail > 0) terms.tail_s = TailSeconds(moment);
    const double by_work = moment.rules->queue_by_work;
    terms.queue += (1 + by_work * (FromWork(work) - 1)) * traits_.per_weight;
    terms.overdue = OverdueAt(moment, terms);
    terms.share += moment.fair_part * traits_.per_weight;
    terms.turn = TurnAt(moment, terms);
  }

  // Returns whether the backend is held back: it has asked for no requests, or
  // it has reached its first-contact limit, and the requests that wait there
  // are not late in the mean. A backend that is held back is picked after all
  // that are not.
  bool HeldBack(const Moment& moment, const Terms& terms) const {
    if (not_before_ != 0 && UnitsToWait(moment) > 0) return true;
    return contacts_ < kProven && terms.overdue == 1 &&
           outstanding_.count() >= ContactLimit(moment);
  }

  // The backend has asked for no requests for so long. What it asked for before
  // is void.
  void AskedToWait(Duration wait, const Moment& moment);

  // Returns whether the backend has all the requests that it may have.
  bool Full() const {
    return traits_.max_outstanding != 0 &&
           outstanding_.count() >= traits_.max_outstanding;
  }

  // See RoundsToFall in rounds.h.
  std::uint32_t RoundsToFall(const Moment& moment, const Terms& terms) const {
    return internal::RoundsToFall(moment, terms, recent_.picks(),
                                  recent_.spared_s() > 0);
  }

  // One success counts as no more than this many times the latency that was
  // known, so that no large request makes its backend look slow. With one in
  // 300 a thousand times as large the mean is 41 ms (20: 41, 50: 42, without:
  // 50).
  static constexpr double kMostSurprise = 10;

  // Returns all fields but `id`, `tag` and `removed`.
  BackendSnapshot Snapshot(const Moment& moment, const Mishaps& mishaps) const;

 private:
  // Each answer doubles the first-contact limit. After this many the limit is
  // beyond any number of requests.
  static constexpr std::uint8_t kProven = 40;

  // How much the first-contact limit grows with each second of the mean age of
  // the requests that wait.
  static constexpr double kContactsPerSecond = 1;

  // A backend that only fails costs 1/s - 1 = 6.7 failures, and never more.
  // Without this bound, the backends that still work in a set too small for its
  // load would be given all of the load, and fail, too. In the simulator's
  // half-fail at a load of 0.8, with a retry, 0.09 loses 11.1 % of the requests
  // of the outage and of the 15 s after it; 0.13 loses 7.6 %.
  static constexpr double kLowestSuccessRate = 0.13;

  static constexpr std::uint32_t kMostSuccesses = 1U << 20;

  // What a backend that is well again is not owed for its illness, as a part of
  // its fair share. More brings it back later, less for too long: a third
  // server had 39 % of the picks in the second half minute (0: 49 %, 1: 37 %).
  static constexpr double kForgiven = 0.75;

  // Values of pace_.
  static constexpr std::uint8_t kNotFailing = 0;
  static constexpr std::uint32_t kSlowest = 64;
  static constexpr std::uint32_t kFastest = 255;

  // The units of not_before_: 17 ms.
  static constexpr int kWaitBits = 24;
  static std::uint32_t WaitUnits(std::int64_t ns) {
    return static_cast<std::uint32_t>(ns >> kWaitBits);
  }
  // Returns 0 if nothing was asked for, or the time is over: also if it was
  // over years ago, and the units have gone round since.
  std::uint32_t UnitsToWait(const Moment& moment) const;

  static constexpr int kCoarseBits = 28;
  static std::uint32_t Coarse(std::int64_t ns) {
    return static_cast<std::uint32_t>(ns >> kCoarseBits);
  }
  static Duration Since(std::uint32_t coarse, const Moment& moment);

  // By value, so that a moment may stay in registers.
  void Age(Ticks latency, Ticks success, Ticks turn, double outage_growth);
  double OutageDecay(Ticks now, double growth) const;
  double TailSeconds(const Moment& moment) const;
  void NoteSetback(const Mishaps& mishaps);
  static double LongestWaitSeconds(const Moment& moment);
  static void CopyTo(BackendSnapshot& snapshot, const Mishaps& mishaps);
  void LearnOther(Outcome outcome, double latency_s, Work work,
                  const Moment& moment, Mishaps& mishaps);
  void LearnNeutral(double latency_s, Work work, const Moment& moment);
  void LearnNoAnswer(Outcome outcome, double latency_s, Work work,
                     const Moment& moment);
  void LoseTrust(const Moment& moment) {
    succeeded_ *= static_cast<float>(moment.rules->trust_after_failure);
    failed_ += 1;
  }
  void Learn(Told told, const Moment& moment);
  void CountContact() {
    if (contacts_ < kProven) ++contacts_;
  }
  void CountSuccess(Mishaps& mishaps) {
    CountContact();
    if (++successes_ < kMostSuccesses) return;
    mishaps.earlier_successes += kMostSuccesses - 1;
    successes_ = 1;
  }

  void LearnLatency(const Sample& sample, const Moment& moment) {
    const double weighted_s = sample.latency_s * sample.weight;
    const double known_s = LatencySeconds(moment);
    const double most_s = std::max(kMostSurprise * known_s, moment.believed_s);
    const double counted_s = std::min(sample.latency_s, most_s);
    latency_sum_s_ += counted_s * sample.weight;
    latency_weight_ += sample.weight;
    // The first has nothing of its own to vary from.
    if (successes_ > 1) recent_.Varied(counted_s - known_s, sample.weight);
    ++new_successes_;
    new_weight_ += static_cast<float>(sample.weight);
    new_latency_s_ += static_cast<float>(weighted_s);
    new_square_s2_ += static_cast<float>(weighted_s * sample.latency_s);
    new_product_s2_ += static_cast<float>(weighted_s * known_s);
  }

  // All quotients with one divisor share one division, as each multiplies by
  // the same 1 / sum. TermsAt does so for prior / sum.
  double LatencySeconds(const Moment& moment) const {
    const double prior = moment.prior_weight;
    const double mean = (latency_sum_s_ + prior * moment.latency_s) *
                        (1 / (latency_weight_ + prior));
    if (successes_ > 0) return mean;
    return std::max(mean, moment.rules->unproven_factor * moment.latency_s);
  }

  // Divides only where failures take longer than the least that they cost.
  double FailureCostSeconds(const Moment& moment, double prior) const {
    const double sum_s = failure_sum_s_ + prior * moment.latency_s;
    const double weight = failure_weight_ + prior;
    return sum_s > moment.failure_cost_s * weight ? sum_s / weight
                                                  : moment.failure_cost_s;
  }

  double FailuresToASuccess(double prior) const {
    constexpr double kMost = 1 / kLowestSuccessRate - 1;
    return std::min(kMost, failed_ * (1 / (succeeded_ + prior)));
  }

  double OverdueAt(const Moment& moment, const Terms& terms) const {
    return Overdue(terms.ages_s, outstanding_.waiting(),
                   outstanding_.waiting_work(), terms.latency_s,
                   moment.usual_age);
  }

  static double TurnAt(const Moment& moment, const Terms& terms) {
    const Rules& rules = *moment.rules;
    return Turn(terms.share, rules.turn_slope, rules.turn_limit,
                rules.turn_premium);
  }

  double ContactLimit(const Moment& moment) const;
  // Returns how many requests the backend would have outstanding if neutral
  // answers had taken as long as others, beside those that it has. By Little's
  // law these are the requests per second times the time of each.
  double Spared(const Moment& moment) const {
    return recent_.spared_s() * moment.recent_rate;
  }

  double Queue(const Moment& moment) const {
    const Rules& rules = *moment.rules;
    const double by_work = rules.queue_by_work;
    double queue = outstanding_.waiting();
    if (outstanding_.answered() > 0) {
      queue += rules.answered_weight * outstanding_.answered();
    }
    if (by_work > 0) {
      const double work = outstanding_.waiting_work() +
                          rules.answered_weight * outstanding_.answered_work();
      queue += by_work * (work - queue);
    }
    if (recent_.spared_s() > 0) queue += Spared(moment);
    return queue * traits_.per_weight;
  }

  double Share(const Moment& moment) const {
    return (recent_.picks() * traits_.per_weight + 1) * moment.fair_part;
  }

  // Returns what q + 1 is divided by.
  double Parallelism(const Moment& moment) const;

  Outstanding outstanding_;

  // The latencies. They fade on the latency clock; in an outage by OutageDecay.
  double latency_sum_s_ = 0;
  double latency_weight_ = 0;
  // The outcomes. They fade on the success clock; in an outage by OutageDecay.
  // Floats, as room is scarce, and 24 bits are more than counts need that fade.
  float succeeded_ = 0;
  float failed_ = 0;
  // The latencies of failures. They fade on the latency clock. Floats, as the
  // cost of a failure would be no better for more precision.
  float failure_sum_s_ = 0;
  float failure_weight_ = 0;
  Recent recent_;

  // The success clock's reading at the first failure or timeout since the
  // latest success. pace_ says whether there was one.
  Ticks failing_since_ = 0;

  Ticks latency_ticks_ = 0;
  Ticks success_ticks_ = 0;
  Ticks turn_ticks_ = 0;

  // The news that the fleet has not been told.
  float new_weight_ = 0;
  float new_latency_s_ = 0;
  float new_square_s2_ = 0;
  float new_product_s2_ = 0;
  std::uint8_t new_picks_ = 0;
  std::uint8_t new_successes_ = 0;
  // How fast an outage is forgiven, in 256ths of the success clock's pace.
  // kNotFailing if there is no outage.
  std::uint8_t pace_ = kNotFailing;
  // Successes and neutral answers, up to kProven.
  std::uint8_t contacts_ = 0;

  Reported reported_;

  std::uint32_t picks_ = 0;
  // Without Mishaps::earlier_successes. Not 0 after the first success.
  std::uint32_t successes_ = 0;
  // not_before_ lies in the last bytes of the traits, which are free.
  [[no_unique_address]] Traits traits_;
  // Until when the backend has asked for no requests, rounded up. 0 if it has
  // not.
  std::uint32_t not_before_ = 0;
  // When the latest success, failure or neutral answer came.
  std::int64_t answered_at_ns_ = Outstanding::kNever;
  // When the latest outcome was learnt, in units of 0.27 s. The time since is
  // right for 18 years.
  std::uint32_t learnt_at_ = 0;
};

}  // namespace els::internal
