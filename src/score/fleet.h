#pragma once

#include <cstddef>
#include <cstdint>

#include "els/options.h"
#include "src/score/moment.h"
#include "src/score/news.h"
#include "src/score/ticks.h"

namespace els::internal {

// What is known of all backends together, and the clocks by which everything is
// forgotten. Not thread-safe: a SharedMoment publishes the results.
//
// The clocks advance at beats only. They advance by the time since the beat
// before, but by no more than 1 / (picks x backends) memories for each pick
// since then, where `picks` is Options::latency_memory_picks or
// Options::success_memory_picks. So a memory lasts at least a number of picks,
// and a balancer that nobody uses forgets nothing. The clock of turns advances
// by time alone: what a backend is owed is a matter of seconds.
//
// A fleet also counts rounds. In one round no score moves far by itself. A
// round ends when kMemoriesPerRound have passed, or when the means have moved
// as much.
class Fleet {
 public:
  // `success_stretch` multiplies Options::success_memory.
  Fleet(const Options& options, double success_stretch);

  void SetOptions(const Options& options);

  // From now on `backends`, but at least 1, share the picks. `recent_picks` is
  // the sum of their Evidence::recent_picks().
  void SetBackends(std::size_t backends, double recent_picks);

  // Returns the time between two beats: 16 ticks of the fastest clock, but at
  // most 10 ms.
  std::int64_t beat_ns() const { return beat_ns_; }
  // Returns after how many more picks a beat is due before that time. While
  // little is known the number is small, as each pick moves the shares of all
  // backends.
  std::uint32_t picks_to_beat() const;

  // Makes a beat: moves the clocks on by `elapsed_ns`, and adds `news`.
  void Advance(std::int64_t elapsed_ns, const News& news);
  // Adds more news at the same moment.
  void Add(const News& news);

  // Returns how long a backend may be out of the set, in nanoseconds. After a
  // longer absence the clocks may have gone so far round that the backend's own
  // readings say nothing.
  double longest_absence_ns() const;

  // Writes the means, the clocks and the round. Leaves now_ns and rules as they
  // are.
  void WriteTo(Moment& moment) const;

 private:
  // A clock of its own pace, in memories and in whole ticks.
  struct Clock {
    double memories = 0;
    Ticks ticks = 0;
    // Moves on by `by` memories. Returns the part that is left of a weight.
    double Advance(double by);
  };

  // A mean of latencies, and how much latencies vary within backends.
  struct Sum {
    double sum_s = 0;
    double weight = 0;
    double square_s2 = 0;
    double product_s2 = 0;
    void Fade(double decay);
    void Add(const News& news);
    double MeanOr(double otherwise) const {
      return weight > 0 ? sum_s / weight : otherwise;
    }
    // Returns the squared coefficient of variation.
    double Variation() const;
  };

  // How far the clocks have come.
  struct Passed {
    double latency = 0;  // In memories.
    double success = 0;
    double turn = 0;
  };

  void Configure();
  double FastestRate() const;
  void CountRounds(const Passed& passed);
  void SetPace(double& pace, double memories);
  void AddSuccesses(const News& news);
  void Recompute();
  void Move();
  double FairPart() const { return backends_ / (recent_picks_ + backends_); }

  Options options_;
  const double success_stretch_;
  double backends_ = 1;

  // Computed from the options and the number of backends.
  std::int64_t beat_ns_ = 0;
  double latency_rate_ = 0;  // Memories per second.
  double success_rate_ = 0;
  double latency_picks_ = 0;  // Picks per memory, at the least.
  double success_picks_ = 0;
  double cost_per_latency_ = 0;  // Ratios of memories.
  double turn_rate_ = 0;

  Clock latency_clock_;
  Clock success_clock_;
  Clock cost_clock_;
  Clock turn_clock_;

  Sum latency_;              // Fades on the latency clock.
  Sum cost_;                 // Fades on the cost clock.
  double recent_picks_ = 0;  // Fades on the turn clock.
  double unseen_ = 1;        // The part of a turn memory before the first pick.
  double picks_ = 0;         // Since the last Advance.
  bool succeeded_ = false;   // True from the first success on.

  double latency_s_ = 0;  // The means.
  double failure_cost_s_ = 0;
  double variation_ = 0;  // Squared, of latencies within backends.
  double risen_ = 0;      // Memories of costs since the variation was taken.

  // How many memories pass in one memory of latencies, which the rounds count.
  double success_pace_ = 0;
  double turn_pace_ = 0;
  Passed passed_;  // Since the paces were last compared with it.

  double rounds_ = 0;
  // The means that were last counted in rounds.
  double counted_latency_s_ = 0;
  double counted_failure_cost_s_ = 0;
  double counted_fair_part_ = 1;
  double counted_variation_ = 1;
};

}  // namespace els::internal
