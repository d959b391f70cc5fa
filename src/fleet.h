#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "els/options.h"
#include "src/decayed_mean.h"

namespace els::internal {

// In seconds, for use inside a formula.
inline double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// What is known of all backends together, and the clocks by which everything
// is forgotten. Not thread-safe.
//
// A clock counts memories (time constants). It advances at picks alone, by the
// time since the previous pick, and by no more than 1 / (picks x backends) for
// each: so memory is bounded below by a number of picks, and a balancer that
// nobody uses forgets nothing.
class Fleet {
 public:
  struct Clocks {
    double latency = 0;
    double success = 0;
    double cost = 0;  // Of the failure cost: a slower latency clock.
    double turn = 0;  // Of recent picks: likewise.
  };

  // `success_stretch` multiplies Options::success_memory.
  Fleet(const Options& options, double success_stretch)
      : options_(options), success_stretch_(success_stretch) {}

  void SetOptions(const Options& options) { options_ = options; }

  // A pick out of `backends` is about to be made at `now`.
  void Advance(Duration now, std::size_t backends) {
    const double elapsed_s = Seconds(now - previous_pick_);
    previous_pick_ = now;
    const auto step = [&](double memory_s, double picks) {
      return std::min(elapsed_s / memory_s,
                      1 / (picks * static_cast<double>(backends)));
    };
    const double latency_memory_s = Seconds(options_.latency_memory);
    const double latency =
        step(latency_memory_s, options_.latency_memory_picks);
    clocks_.latency += latency;
    clocks_.success += step(Seconds(options_.success_memory) * success_stretch_,
                            options_.success_memory_picks);
    clocks_.cost +=
        latency * latency_memory_s / Seconds(options_.failure_cost_memory);
    clocks_.turn += latency * latency_memory_s / Seconds(options_.turn_memory);
  }

  void Picked() { picks_.Add(1, clocks_.turn); }

  void Succeeded(double latency_s) {
    latency_.Add(latency_s, clocks_.latency);
    cost_latency_.Add(latency_s, clocks_.cost);
  }

  const Clocks& clocks() const { return clocks_; }

  // The mean latency of successes over the latency memory.
  double latency_s() const { return MeanOrInitial(latency_); }

  // What a failure is held to cost at the least.
  double failure_cost_s() const {
    return options_.failure_cost_factor * MeanOrInitial(cost_latency_);
  }

  // Picks of all backends over the turn memory.
  double picks() const { return picks_.Weight(clocks_.turn); }

 private:
  double MeanOrInitial(const DecayedMean& mean) const {
    return mean.empty() ? Seconds(options_.initial_latency) : mean.Mean();
  }

  Options options_;
  const double success_stretch_;
  Clocks clocks_;
  Duration previous_pick_ = Duration::zero();
  DecayedMean latency_;
  DecayedMean cost_latency_;
  DecayedMean picks_;
};

}  // namespace els::internal
