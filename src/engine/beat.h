#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "els/options.h"
#include "src/base/spin_lock.h"
#include "src/base/steady_time.h"
#include "src/score/fleet.h"
#include "src/score/moment.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// Moves on what all backends share: time, the clocks by which everything is
// forgotten, the means of the fleet. A beat does so some times a second, and
// goes on with a round over all backends, which gathers what the means are made
// of and writes words anew whose scores may have fallen. Beats come with picks.
// Thread-safe: one thread does it, and none waits for it.
class Beat {
 public:
  // `success_stretch` multiplies Options::success_memory. If `exact`, every
  // pick begins with a whole round.
  Beat(const Options& options, double success_stretch, Scoreboard& board,
       bool exact);
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

  // The moment of a pick; beats, if that is due.
  Moment ForPick(TimePoint now) {
    std::int64_t time = time_.At(now);
    if (Due(time) || sweeping_.load(std::memory_order_relaxed) || exact_) {
      Do(time);
    }
    time = std::max(time, time_.now());
    return moment_.Read(time);
  }
  // The moment of anything else that happens now.
  Moment At(TimePoint now) { return moment_.Read(time_.At(now)); }
  // The latest moment.
  Moment Latest() const { return moment_.Read(time_.now()); }
  // The moment of a change, not before the latest: a step back is no step.
  Moment Advance(TimePoint now);

  void SetOptions(const Options& options);
  // The set has changed: all words are behind.
  void SetChanged();

  // The moment `now`, if a round came to its end now. `for_each` calls what it
  // is given with a copy of the evidence of each backend.
  template <class ForEach>
  Moment Fresh(TimePoint now, ForEach for_each) const {
    Moment moment = moment_.Read(time_.PeekAt(now));
    Fleet fleet = CopyOfFleet();
    fleet.StartRound();
    for_each(moment, [&](Evidence evidence) { fleet.Gather(evidence); });
    fleet.EndRound();
    fleet.WriteMeans(moment);
    return moment;
  }

 private:
  bool Due(std::int64_t time) const;
  void Do(std::int64_t time);
  Fleet CopyOfFleet() const {
    const SpinLockHolder lock(lock_);
    return fleet_;
  }

  std::size_t DueSlots(std::size_t size) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void SweepAll(std::int64_t time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Sweep(std::int64_t time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Visit(std::size_t slot, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void EndRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);

  // Constant after construction.
  Scoreboard& board_;
  const bool exact_;

  // Atomic. Relaxed, since each is of use by itself.
  std::atomic<std::int64_t> beat_ns_;
  std::atomic<bool> sweeping_ = false;        // A round is behind.
  std::atomic<std::uint64_t> next_beat_ = 0;  // At this count of picks.
  std::atomic<std::int64_t> beat_at_ns_ = 0;  // The latest.
  SharedMoment moment_;
  SteadyTime time_;

  mutable SpinLock lock_;
  Fleet fleet_ ABSL_GUARDED_BY(lock_);
  std::uint64_t picks_at_beat_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint64_t picks_counted_ ABSL_GUARDED_BY(lock_) = 0;
  // The round: how far things have moved since it began, and how many slots it
  // has been through.
  double moved_ ABSL_GUARDED_BY(lock_) = 0;
  std::size_t swept_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace els::internal
