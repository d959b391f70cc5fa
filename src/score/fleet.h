#pragma once

#include <cstddef>
#include <cstdint>

#include "els/options.h"
#include "src/score/evidence.h"
#include "src/score/moment.h"
#include "src/score/ticks.h"

namespace els::internal {

// What is known of all backends together, and the clocks by which everything
// is forgotten. Not thread-safe: what it finds is published in a SharedMoment.
//
// The clocks advance at picks alone, by the time since the beat before, and by
// no more than 1 / (picks x backends) memories for each pick since: so memory
// is bounded below by a number of picks, and a balancer that nobody uses
// forgets nothing.
class Fleet {
 public:
  // `success_stretch` multiplies Options::success_memory.
  Fleet(const Options& options, double success_stretch);

  void SetOptions(const Options& options);

  // How many share the picks from now on; at least 1.
  void SetBackends(std::size_t backends);

  // How long the time between two beats has to be: a tick of the fastest clock,
  // or a millisecond.
  std::int64_t beat_ns() const { return beat_ns_; }

  // So many more picks were made; this part of the backends is gathered
  // already.
  void Count(std::uint64_t picks, double gathered);

  // So much time has passed. Returns by how much scores may have moved, in
  // parts of what they were, since the last call.
  double Advance(std::int64_t elapsed_ns);

  // A round gathers what all backends have had, one after the other, while
  // picks go on.
  void StartRound() { gathered_picks_ = 0; }
  void Gather(Evidence& evidence);
  // Recomputes the means. Returns by how much scores have moved.
  double EndRound();

  // How many picks all have had, on the turn clock; and by what part they may
  // grow until Advance: all scores move by half a per cent with their shares.
  double recent_picks() const { return recent_picks_; }
  double growth() const;

  // What the last round has found, and what was counted since.
  void WriteMeans(Moment& moment) const;
  // The same, and the clocks, for all.
  void Publish(SharedMoment& moment) const;

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
    void Add(const Evidence::News& news) {
      sum_s += news.latency_s;
      weight += news.successes;
    }
    double MeanOr(double otherwise) const {
      return weight > 0 ? sum_s / weight : otherwise;
    }
  };

  void Configure();
  double Recompute();
  double FairPart() const { return backends_ / (recent_picks_ + backends_); }
  // What scores move by with it.
  double MovedSince(double fair_part) const;

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

  Sum latency_;                // On the latency clock.
  Sum cost_;                   // On the cost clock.
  double recent_picks_ = 0;    // On the turn clock,
  double gathered_picks_ = 0;  // and of the round.
  double picks_ = 0;           // Since Advance.
  bool succeeded_ = false;     // Ever.

  double latency_s_ = 0;  // The means, as they are published.
  double failure_cost_s_ = 0;
};

}  // namespace els::internal
