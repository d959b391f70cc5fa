#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "els/options.h"
#include "src/base/spin_lock.h"

namespace els::internal {

// Turns readings of the callers' clocks into times: nanoseconds since about the
// first reading. Readings may be out of order between threads, and now and then
// absurd.
//
// A reading that is kLongestStep or more ahead of the latest time is in doubt,
// and counts as kLongestStep ahead. A reading that is as far behind is in
// doubt, too, and counts as the latest time. A second reading that agrees with
// the first (say, as the process was stopped) settles the doubt: time goes on
// from there. Two readings agree if they are less than kLongestStep apart and
// no time was noted between them.
//
// Thread-safe, but for Advance. A reading that is not in doubt costs two loads.
class SteadyTime {
 public:
  static constexpr std::int64_t kLongestStep =
      std::chrono::nanoseconds(std::chrono::hours(1)).count();

  // Returns the time at `reading`, and takes note of a doubt.
  std::int64_t At(TimePoint reading) {
    const std::int64_t time = Peek(reading);
    return Believable(time) ? time : Correct(Raw(reading));
  }

  // Returns what At would return, and takes note of nothing.
  std::int64_t PeekAt(TimePoint reading) const {
    const std::int64_t time = Peek(reading);
    if (Believable(time)) return time;
    const SpinLockHolder lock(lock_);
    return Judge(Raw(reading)).time;
  }

  // Returns the latest time that was noted: by Advance, or by settling a doubt.
  std::int64_t now() const { return now_.load(std::memory_order_relaxed); }

  // Takes note of a time that At has returned. Returns false, and changes
  // nothing, if that time is in doubt. Calls must not overlap.
  bool Advance(std::int64_t time) {
    if (Minus(time, now()) >= kLongestStep) return false;
    now_.store(time, std::memory_order_relaxed);
    return true;
  }

 private:
  // Returns a - b, or the bound of the type that is nearest to it: readings may
  // be any values.
  static std::int64_t Minus(std::int64_t a, std::int64_t b) {
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(a, b, &difference)) return difference;
    return a < b ? std::numeric_limits<std::int64_t>::min()
                 : std::numeric_limits<std::int64_t>::max();
  }

  static std::int64_t Raw(TimePoint reading) {
    using std::chrono::nanoseconds;
    return std::chrono::duration_cast<nanoseconds>(reading.time_since_epoch())
        .count();
  }

  // Relaxed, here and everywhere: if the offset and the latest time are of
  // different moments, the result is in doubt, and At looks at it again under
  // the lock.
  std::int64_t Peek(TimePoint reading) const {
    return Minus(Raw(reading), offset_.load(std::memory_order_relaxed));
  }

  bool Believable(std::int64_t time) const {
    const std::int64_t ahead = Minus(time, now());
    return -kLongestStep < ahead && ahead < kLongestStep;
  }

  struct Judgement {
    std::int64_t time;
    bool settled;  // True if time goes on from there.
  };

  // Judges a reading that is in doubt.
  Judgement Judge(std::int64_t raw) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    if (!started_) return {now(), true};
    const bool ahead =
        Minus(raw, offset_.load(std::memory_order_relaxed)) > now();
    const std::int64_t believed = now() + (ahead ? kLongestStep : 0);
    // Once time has gone on without the doubtful reading, a reading that agrees
    // with it does not settle the doubt: it begins a new one.
    const bool doubted = doubted_ && doubted_at_ == now();
    const std::int64_t since = doubted ? Minus(raw, *doubted_) : kLongestStep;
    if (since <= -kLongestStep || since >= kLongestStep) {
      return {believed, false};
    }
    return {believed + std::max<std::int64_t>(since, 0), true};
  }

  std::int64_t Correct(std::int64_t raw) {
    const SpinLockHolder lock(lock_);
    const std::int64_t time =
        Minus(raw, offset_.load(std::memory_order_relaxed));
    // Another thread has settled the doubt, or the two loads did not belong
    // together.
    if (Believable(time)) return time;
    const Judgement judgement = Judge(raw);
    if (!judgement.settled) {
      doubted_ = raw;
      doubted_at_ = now();
      return judgement.time;
    }
    started_ = true;
    doubted_.reset();
    offset_.store(Minus(raw, judgement.time), std::memory_order_relaxed);
    now_.store(judgement.time, std::memory_order_relaxed);
    return judgement.time;
  }

  std::atomic<std::int64_t> offset_ = 0;
  std::atomic<std::int64_t> now_ = 0;

  mutable SpinLock lock_;
  bool started_ ABSL_GUARDED_BY(lock_) = false;
  // The latest reading in doubt, and the latest time when it came.
  std::optional<std::int64_t> doubted_ ABSL_GUARDED_BY(lock_);
  std::int64_t doubted_at_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace els::internal
