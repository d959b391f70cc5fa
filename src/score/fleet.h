#pragma once

#include <cstddef>
#include <cstdint>

#include "els/options.h"
#include "src/score/moment.h"
#include "src/score/news.h"
#include "src/score/ticks.h"

namespace els::internal {

// What is known of all backends together, and the clocks by which everything
// is forgotten. Not thread-safe: what it finds is published in a SharedMoment.
//
// The clocks advance at beats alone, by the time since the beat before, and by
// no more than 1 / (picks x backends) memories for each pick since: so memory
// is bounded below by a number of picks, and a balancer that nobody uses
// forgets nothing.
//
// It also counts rounds. In one round no score moves far by itself: each ends
// when kMemoriesPerRound have passed, or when the means have moved as much.
class Fleet {
 public:
  // `success_stretch` multiplies Options::success_memory.
  Fleet(const Options& options, double success_stretch);

  void SetOptions(const Options& options);

  // From now on `backends` share the picks, at least 1, and they have had this
  // many, as their own weights on the turn clock say.
  void SetBackends(std::size_t backends, double recent_picks);

  // The time between two beats: some ticks of the fastest clock, or 10 ms.
  std::int64_t beat_ns() const { return beat_ns_; }
  // A beat comes sooner after so many picks more: while little is known, each
  // of them moves the shares of all.
  std::uint32_t picks_to_beat() const;

  // A beat: so much time has passed, and `news` has come meanwhile.
  void Advance(std::int64_t elapsed_ns, const News& news);
  // More has come at the same moment.
  void Add(const News& news);

  // How long a backend may be out of the set, in nanoseconds, before the clocks
  // have gone so far round that its own readings say nothing.
  double longest_absence_ns() const;

  // The means, the clocks and the round.
  void WriteTo(Moment& moment) const;

 private:
  // A time of its own, in memories; and the same in whole ticks.
  struct Clock {
    double memories = 0;
    Ticks ticks = 0;
    // Returns what is left of a weight.
    double Advance(double by);
  };

  // Of latencies.
  struct Sum {
    double sum_s = 0;
    double weight = 0;
    void Fade(double decay);
    void Add(const News& news) {
      sum_s += news.latency_s;
      weight += news.successes;
    }
    double MeanOr(double otherwise) const {
      return weight > 0 ? sum_s / weight : otherwise;
    }
  };

  void Configure();
  double FastestRate() const;
  void AddSuccesses(const News& news);
  void Recompute();
  void Move();
  double FairPart() const { return backends_ / (recent_picks_ + backends_); }

  Options options_;
  const double success_stretch_;
  double backends_ = 1;

  // Of the options and the number of backends.
  std::int64_t beat_ns_ = 0;
  double latency_rate_ = 0;  // Memories per second.
  double success_rate_ = 0;
  double latency_picks_ = 0;  // Picks per memory, at the least.
  double success_picks_ = 0;
  double cost_per_latency_ = 0;  // Ratios of memories.
  double turn_per_latency_ = 0;

  Clock latency_clock_;
  Clock success_clock_;
  Clock cost_clock_;
  Clock turn_clock_;

  Sum latency_;              // On the latency clock.
  Sum cost_;                 // On the cost clock.
  double recent_picks_ = 0;  // On the turn clock.
  double picks_ = 0;         // Since Advance.
  bool succeeded_ = false;   // Ever.

  double latency_s_ = 0;  // The means.
  double failure_cost_s_ = 0;

  double rounds_ = 0;
  // The means as they were when last counted in rounds.
  double counted_latency_s_ = 0;
  double counted_failure_cost_s_ = 0;
  double counted_fair_part_ = 1;
};

}  // namespace els::internal
