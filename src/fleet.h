#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "els/options.h"
#include "src/decay_clock.h"
#include "src/decayed_mean.h"

namespace els::internal {

// In seconds, for use inside a formula.
inline double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// What is known of all backends together, and the clocks by which everything
// is forgotten. Not thread-safe.
//
// The clocks advance at picks alone, by the time since the previous pick, and
// by no more than 1 / (picks x backends) memories for each: so memory is
// bounded below by a number of picks, and a balancer that nobody uses forgets
// nothing.
class Fleet {
 public:
  // `success_stretch` multiplies Options::success_memory.
  Fleet(const Options& options, double success_stretch)
      : success_stretch_(success_stretch) {
    SetOptions(options);
  }

  void SetOptions(const Options& options) {
    options_ = options;
    Configure();
  }

  // How many share the picks from now on; at least 1.
  void SetBackends(std::size_t backends) {
    backends_ = static_cast<double>(std::max<std::size_t>(1, backends));
    Configure();
  }

  // A pick is about to be made at `now`.
  void Advance(Duration now) {
    const double elapsed_s = Seconds(now - previous_pick_);
    previous_pick_ = now;
    const double latency =
        std::min(elapsed_s * latency_rate_, latency_longest_step_);
    latency_clock_.Advance(latency);
    success_clock_.Advance(
        std::min(elapsed_s * success_rate_, success_longest_step_));
    cost_clock_.Advance(latency * cost_per_latency_);
    if (turn_clock_.Advance(latency * turn_per_latency_)) ShareOut();
  }

  void Picked() {
    picks_.Add(1, turn());
    ShareOut();
  }

  void Succeeded(double latency_s) {
    latency_.Add(latency_s, latency());
    cost_latency_.Add(latency_s, cost_clock_.growth());
    latency_s_ = latency_.Mean();
    failure_cost_s_ = options_.failure_cost_factor * cost_latency_.Mean();
  }

  const Growth& latency() const { return latency_clock_.growth(); }
  const Growth& success() const { return success_clock_.growth(); }
  const Growth& turn() const { return turn_clock_.growth(); }

  // The mean latency of successes over the latency memory.
  double latency_s() const { return latency_s_; }

  // What a failure is held to cost at the least.
  double failure_cost_s() const { return failure_cost_s_; }

  // The share of a backend of which `picks` have been observed, as 1 is fair:
  // (picks + 1) n / (all picks + n) over the turn memory.
  double Share(const DecayedMean& picks) const {
    return (picks.ScaledWeight(turn()) + turn().factor) * fair_part_;
  }

  // The share of a backend that was never picked.
  double idle_share() const { return turn().factor * fair_part_; }

  // The memories that have passed, of all kinds together.
  double age() const {
    return latency_clock_.ticked() + success_clock_.ticked() +
           turn_clock_.ticked();
  }

 private:
  void Configure() {
    latency_rate_ = 1 / Seconds(options_.latency_memory);
    success_rate_ = 1 / (Seconds(options_.success_memory) * success_stretch_);
    latency_longest_step_ = 1 / (options_.latency_memory_picks * backends_);
    success_longest_step_ = 1 / (options_.success_memory_picks * backends_);
    cost_per_latency_ = Seconds(options_.latency_memory) /
                        Seconds(options_.failure_cost_memory);
    turn_per_latency_ =
        Seconds(options_.latency_memory) / Seconds(options_.turn_memory);
    latency_s_ =
        latency_.empty() ? Seconds(options_.initial_latency) : latency_.Mean();
    failure_cost_s_ =
        options_.failure_cost_factor *
        (cost_latency_.empty() ? latency_s_ : cost_latency_.Mean());
    ShareOut();
  }

  void ShareOut() {
    fair_part_ =
        backends_ / (picks_.ScaledWeight(turn()) + backends_ * turn().factor);
  }

  Options options_;
  const double success_stretch_;
  double backends_ = 1;

  // Of the options and the number of backends.
  double latency_rate_ = 0;  // Memories per second.
  double success_rate_ = 0;
  double latency_longest_step_ = 0;  // In memories.
  double success_longest_step_ = 0;
  double cost_per_latency_ = 0;  // Ratios of memories.
  double turn_per_latency_ = 0;

  DecayClock latency_clock_;
  DecayClock success_clock_;
  DecayClock cost_clock_;
  DecayClock turn_clock_;
  Duration previous_pick_ = Duration::zero();

  DecayedMean latency_;
  DecayedMean cost_latency_;
  DecayedMean picks_;
  double latency_s_ = 0;
  double failure_cost_s_ = 0;
  double fair_part_ = 1;
};

}  // namespace els::internal
