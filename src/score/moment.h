#pragma once

#include <atomic>
#include <cstdint>

#include "els/options.h"
#include "src/score/ticks.h"

namespace els::internal {

// How many memories pass in one round over all backends.
inline constexpr double kMemoriesPerRound = 0.05;

// A word names a round at most this far ahead. So after this many rounds every
// word has been written anew.
inline constexpr std::uint32_t kMostRounds = 28;

// A number that many threads read while one thread writes it. Relaxed, as the
// number is of use by itself: no order between it and other numbers is needed.
template <class T>
class Shared {
 public:
  explicit Shared(T value = 0) : value_(value) {}
  // NOLINTNEXTLINE(google-explicit-constructor): so that a formula reads well.
  operator T() const { return value_.load(std::memory_order_relaxed); }
  void Set(T value) { value_.store(value, std::memory_order_relaxed); }

 private:
  std::atomic<T> value_;
};

// The options that every score depends on. Calls read the fields in place, so a
// call that needs few fields loads few. A call made during a change may see old
// fields and new ones.
struct Rules {
  explicit Rules(const Options& options) { Set(options); }

  void Set(const Options& options) {
    prior_weight.Set(options.prior_weight);
    trust_after_failure.Set(options.trust_after_failure);
    outage_growth.Set(options.outage_growth);
    unproven_factor.Set(options.unproven_factor);
    turn_slope.Set(options.turn_slope);
    turn_limit.Set(options.turn_limit);
    turn_premium.Set(options.turn_premium);
    first_contact_limit.Set(options.first_contact_limit);
    answered_weight.Set(options.answered_weight);
    parallelism.Set(options.parallelism);
    queue_by_work.Set(options.queue_by_work);
    tail.Set(options.tail);
  }

  Shared<double> prior_weight;
  Shared<double> trust_after_failure;
  Shared<double> outage_growth;
  Shared<double> unproven_factor;
  Shared<double> turn_slope;
  Shared<double> turn_limit;
  Shared<double> turn_premium;
  Shared<double> first_contact_limit;
  Shared<double> answered_weight;
  Shared<double> parallelism;
  Shared<double> queue_by_work;
  Shared<double> tail;
};

// Everything that a score depends on besides the backend and the rules, as it
// is at one moment. Each call has its own copy.
struct Moment {
  // What is known of the fleet.
  double latency_s = 0;       // The mean of the successes.
  double failure_cost_s = 0;  // The least that a failure is held to cost.
  double believed_s = 0;      // A latency that counts in full, however it is.
  double fair_part = 1;       // 1 / the weight of a fair share of the picks.
  double prior_weight = 1;    // Of the mean, among a backend's latencies.
  double usual_age = 1;       // Of unanswered requests, in latencies.
  double variation = 0;       // Squared, of latencies within backends.
  // What turns a sum that fades on the turn clock into one per second.
  double recent_rate = 0;
  // How many memories of successes, and of turns, pass in one of the rounds.
  double success_pace = 1;
  double turn_pace = 0;

  // How far each kind of memory has come.
  Ticks latency_ticks = 0;
  Ticks success_ticks = 0;
  Ticks turn_ticks = 0;
  // The round over all backends that it is time for; see Fleet.
  std::uint32_t round = 0;

  std::int64_t now_ns = 0;
  const Rules* rules = nullptr;
};

// The latest Moment. Every call reads it, and every beat writes it. A reader
// may see some fields of one moment and some of the next.
class SharedMoment {
 public:
  explicit SharedMoment(const Options& options) : rules_(options) {}
  SharedMoment(const SharedMoment&) = delete;
  SharedMoment& operator=(const SharedMoment&) = delete;

  Moment Read(std::int64_t now_ns) const {
    return {.latency_s = latency_s_,
            .failure_cost_s = failure_cost_s_,
            .believed_s = believed_s_,
            .fair_part = fair_part_,
            .prior_weight = prior_weight_,
            .usual_age = usual_age_,
            .variation = variation_,
            .recent_rate = recent_rate_,
            .success_pace = success_pace_,
            .turn_pace = turn_pace_,
            .latency_ticks = latency_ticks_,
            .success_ticks = success_ticks_,
            .turn_ticks = turn_ticks_,
            .round = round_,
            .now_ns = now_ns,
            .rules = &rules_};
  }

  void SetOptions(const Options& options) { rules_.Set(options); }

  // Copies the means, the clocks and the round of `moment`.
  void SetFleet(const Moment& moment) {
    latency_s_.Set(moment.latency_s);
    failure_cost_s_.Set(moment.failure_cost_s);
    believed_s_.Set(moment.believed_s);
    fair_part_.Set(moment.fair_part);
    prior_weight_.Set(moment.prior_weight);
    usual_age_.Set(moment.usual_age);
    variation_.Set(moment.variation);
    recent_rate_.Set(moment.recent_rate);
    success_pace_.Set(moment.success_pace);
    turn_pace_.Set(moment.turn_pace);
    latency_ticks_.Set(moment.latency_ticks);
    success_ticks_.Set(moment.success_ticks);
    turn_ticks_.Set(moment.turn_ticks);
    round_.Set(moment.round);
  }

 private:
  Rules rules_;
  Shared<double> latency_s_{0};
  Shared<double> failure_cost_s_{0};
  Shared<double> believed_s_{0};
  Shared<double> fair_part_{1};
  Shared<double> prior_weight_{1};
  Shared<double> usual_age_{1};
  Shared<double> variation_{0};
  Shared<double> recent_rate_{0};
  Shared<double> success_pace_{1};
  Shared<double> turn_pace_{0};
  Shared<Ticks> latency_ticks_{0};
  Shared<Ticks> success_ticks_{0};
  Shared<Ticks> turn_ticks_{0};
  Shared<std::uint32_t> round_{0};
};

}  // namespace els::internal
