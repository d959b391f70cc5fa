#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "els/options.h"
#include "src/base/spin_lock.h"
#include "src/base/steady_time.h"
#include "src/engine/inbox.h"
#include "src/score/fleet.h"
#include "src/score/moment.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// Moves on what all backends share: time, the clocks by which everything is
// forgotten, and the means of the fleet. A beat does so, with the news of the
// inbox. A beat comes with a pick, once Fleet::beat_ns() or
// Fleet::picks_to_beat() makes it due.
//
// When the fleet's round has changed, the picks that follow go through all
// words. They write those words anew that name a round up to the new one.
//
// Thread-safe. One thread at a time beats, and no pick waits for it.
class Beat {
 public:
  // `success_stretch` multiplies Options::success_memory. If `exact`, every
  // pick first takes all news and writes all words anew.
  Beat(const Options& options, double success_stretch, Scoreboard& board,
       Inbox& inbox, bool exact);
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;

  // Returns the moment of a pick. Beats if that is due.
  Moment ForPick(TimePoint now) {
    std::int64_t time = time_.At(now);
    if (Due(time) || sweeping_.load(std::memory_order_relaxed) || exact_) {
      Do(time);
    }
    time = std::max(time, time_.now());
    return moment_.Read(time);
  }
  // Returns the moment of any other call at `now`.
  Moment At(TimePoint now) { return moment_.Read(time_.At(now)); }
  // Returns the latest moment.
  Moment Latest() const { return moment_.Read(time_.now()); }
  // Moves time on to `now`, and returns the moment of a change there. It is not
  // before the latest moment: a step back is no step.
  Moment Advance(TimePoint now);

  void SetOptions(const Options& options);
  // Call this after a change of the set. If that has moved the fleet's means
  // far, the picks that follow write all words anew.
  void SetChanged();

  // Returns the moment at `now` as if all news had been told. Changes nothing.
  // REQUIRES: `for_each`, called with a moment and a function, calls that
  // function with a copy of each backend's evidence at that moment.
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
  // Returns whether enough time has passed for a beat, or enough picks were
  // made. Picks may come while time stands still.
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
  std::atomic<std::int64_t> beat_at_ns_ = 0;  // The latest beat.
  SteadyTime time_;
  SharedMoment moment_;

  mutable SpinLock lock_;
  Fleet fleet_ ABSL_GUARDED_BY(lock_);
  // The number of the latest round. The round looks for words that name one of
  // the span_ rounds up to its own. It has gone through swept_ slots.
  std::uint32_t round_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint32_t span_ ABSL_GUARDED_BY(lock_) = 0;
  std::size_t swept_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace els::internal
