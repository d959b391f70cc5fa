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
#include "src/score/news.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// Moves on what all backends share: time, the clocks by which everything is
// forgotten, the means of the fleet. A beat does so some times a second, with
// the news of the inbox. When the fleet's round is another, it looks at all
// words, and writes those anew that name that round. Beats come with picks.
// Thread-safe: one thread does it, and none waits for it.
class Beat {
 public:
  // `success_stretch` multiplies Options::success_memory. If `exact`, every
  // pick begins with a whole round.
  Beat(const Options& options, double success_stretch, Scoreboard& board,
       Inbox& inbox, bool exact);
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
  // The set has changed: writes all words anew.
  void SetChanged();

  // The moment `now`, if all news was told now. `for_each` calls what it is
  // given with a copy of the evidence of each backend.
  template <class ForEach>
  Moment Fresh(TimePoint now, ForEach for_each) const {
    Moment moment = moment_.Read(time_.PeekAt(now));
    Fleet fleet = CopyOfFleet();
    fleet.Add(inbox_.Peek());
    for_each(moment,
             [&](Evidence evidence) { fleet.Add(evidence.TakeNews()); });
    fleet.WriteTo(moment);
    return moment;
  }

  // See Fleet.
  double longest_absence_ns() const {
    const SpinLockHolder lock(lock_);
    return fleet_.longest_absence_ns();
  }

 private:
  // As time passes, and while it stands still, as picks are made.
  bool Due(std::int64_t time) const {
    return time - beat_at_ns_.load(std::memory_order_relaxed) >=
               beat_ns_.load(std::memory_order_relaxed) ||
           inbox_.picks() >= picks_to_beat_.load(std::memory_order_relaxed);
  }
  void Do(std::int64_t time);
  Fleet CopyOfFleet() const {
    const SpinLockHolder lock(lock_);
    return fleet_;
  }

  void GatherNews();
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Sweep(const Moment& moment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  bool IsDue(std::uint64_t word) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_);
  void Visit(Index& index, std::size_t slot, const Moment& moment);

  // Constant after construction.
  Scoreboard& board_;
  Inbox& inbox_;
  const bool exact_;

  // Atomic. Relaxed, since each is of use by itself.
  std::atomic<std::int64_t> beat_ns_;
  std::atomic<std::uint32_t> picks_to_beat_ = 0;
  std::atomic<bool> sweeping_ = false;        // A round is under way.
  std::atomic<std::int64_t> beat_at_ns_ = 0;  // The latest.
  SteadyTime time_;
  SharedMoment moment_;

  mutable SpinLock lock_;
  Fleet fleet_ ABSL_GUARDED_BY(lock_);
  // The latest round, how many numbers up to its own it looks for in words, and
  // how many slots it has been through.
  std::uint32_t round_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint32_t span_ ABSL_GUARDED_BY(lock_) = 0;
  std::size_t swept_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace els::internal
