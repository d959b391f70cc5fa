#pragma once

#include <atomic>
#include <cstdint>

#include "els/options.h"
#include "src/score/ticks.h"

namespace els::internal {

// All that a score depends on besides the backend itself, as it is at one
// moment: a copy of its own for each call.
struct Moment {
  // Of the options.
  double prior_weight = 1;
  double trust_after_failure = 1;
  double outage_growth = 0;
  double unproven_factor = 1;
  double overdue_factor = 1;
  double turn_slope = 0;
  double turn_limit = 0;
  double first_contact_limit = 1;

  // Of the fleet.
  double latency_s = 0;       // The mean of successes.
  double failure_cost_s = 0;  // What a failure is held to cost at the least.
  double fair_part = 1;       // One over what a fair share of the picks weighs.

  // How far each kind of memory has come.
  Ticks latency_ticks = 0;
  Ticks success_ticks = 0;
  Ticks turn_ticks = 0;

  std::int64_t now_ns = 0;
};

// Where the latest Moment is read by every call, and written some times a
// second. Each field is of use by itself, so that no order between them is
// needed, and a reader may well see some of one moment and some of the next.
class SharedMoment {
 public:
  Moment Read(std::int64_t now_ns) const {
    constexpr auto kAny = std::memory_order_relaxed;
    return {.prior_weight = prior_weight_.load(kAny),
            .trust_after_failure = trust_after_failure_.load(kAny),
            .outage_growth = outage_growth_.load(kAny),
            .unproven_factor = unproven_factor_.load(kAny),
            .overdue_factor = overdue_factor_.load(kAny),
            .turn_slope = turn_slope_.load(kAny),
            .turn_limit = turn_limit_.load(kAny),
            .first_contact_limit = first_contact_limit_.load(kAny),
            .latency_s = latency_s_.load(kAny),
            .failure_cost_s = failure_cost_s_.load(kAny),
            .fair_part = fair_part_.load(kAny),
            .latency_ticks = latency_ticks_.load(kAny),
            .success_ticks = success_ticks_.load(kAny),
            .turn_ticks = turn_ticks_.load(kAny),
            .now_ns = now_ns};
  }

  void SetOptions(const Options& options) {
    constexpr auto kAny = std::memory_order_relaxed;
    prior_weight_.store(options.prior_weight, kAny);
    trust_after_failure_.store(options.trust_after_failure, kAny);
    outage_growth_.store(options.outage_growth, kAny);
    unproven_factor_.store(options.unproven_factor, kAny);
    overdue_factor_.store(options.overdue_factor, kAny);
    turn_slope_.store(options.turn_slope, kAny);
    turn_limit_.store(options.turn_limit, kAny);
    first_contact_limit_.store(options.first_contact_limit, kAny);
  }

  void SetFleet(double latency_s, double failure_cost_s, double fair_part) {
    constexpr auto kAny = std::memory_order_relaxed;
    latency_s_.store(latency_s, kAny);
    failure_cost_s_.store(failure_cost_s, kAny);
    fair_part_.store(fair_part, kAny);
  }

  void SetTicks(Ticks latency, Ticks success, Ticks turn) {
    constexpr auto kAny = std::memory_order_relaxed;
    latency_ticks_.store(latency, kAny);
    success_ticks_.store(success, kAny);
    turn_ticks_.store(turn, kAny);
  }

 private:
  std::atomic<double> prior_weight_ = 1;
  std::atomic<double> trust_after_failure_ = 1;
  std::atomic<double> outage_growth_ = 0;
  std::atomic<double> unproven_factor_ = 1;
  std::atomic<double> overdue_factor_ = 1;
  std::atomic<double> turn_slope_ = 0;
  std::atomic<double> turn_limit_ = 0;
  std::atomic<double> first_contact_limit_ = 1;
  std::atomic<double> latency_s_ = 0;
  std::atomic<double> failure_cost_s_ = 0;
  std::atomic<double> fair_part_ = 1;
  std::atomic<Ticks> latency_ticks_ = 0;
  std::atomic<Ticks> success_ticks_ = 0;
  std::atomic<Ticks> turn_ticks_ = 0;
};

}  // namespace els::internal
