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

// Turns the readings that callers pass in, out of order between threads and now
// and then absurd, into nanoseconds since about the first. A reading that is
// kLongestStep or more ahead of those before it counts as that much ahead, one
// that is as far behind as no step; and only a second one that agrees with it
// (the process was stopped, say) makes time go on from there. Thread-safe; a
// reading that is believed costs two loads.
class SteadyTime {
 public:
  static constexpr std::int64_t kLongestStep =
      std::chrono::nanoseconds(std::chrono::hours(1)).count();

  // The time at `reading`.
  std::int64_t At(TimePoint reading) {
    const std::int64_t time = Peek(reading);
    return Believable(time) ? time : Correct(Raw(reading));
  }

  // The same, bounded by what is believed, and without taking note of it.
  std::int64_t PeekAt(TimePoint reading) const {
    const std::int64_t time = Peek(reading);
    if (Believable(time)) return time;
    const SpinLockHolder lock(lock_);
    return Judge(Raw(reading)).time;
  }

  // The latest time that Advance was told, or that a doubt has settled on.
  std::int64_t now() const { return now_.load(std::memory_order_relaxed); }

  // Takes note of a time that At has returned, unless that is in doubt: whether
  // it was not. Calls must not overlap.
  bool Advance(std::int64_t time) {
    if (Minus(time, now()) >= kLongestStep) return false;
    now_.store(time, std::memory_order_relaxed);
    return true;
  }

 private:
  // At the bounds of the type where the difference is beyond them, since
  // readings may be any.
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

  // Relaxed, here and everywhere: should offset and time be of different
  // moments, the outcome is not believable, and is looked at again under the
  // lock.
  std::int64_t Peek(TimePoint reading) const {
    return Minus(Raw(reading), offset_.load(std::memory_order_relaxed));
  }

  bool Believable(std::int64_t time) const {
    const std::int64_t ahead = Minus(time, now());
    return -kLongestStep < ahead && ahead < kLongestStep;
  }

  struct Judgement {
    std::int64_t time;
    bool settled;  // Time goes on from there.
  };

  // Of a reading that is far off.
  Judgement Judge(std::int64_t raw) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    if (!started_) return {now(), true};
    const bool ahead =
        Minus(raw, offset_.load(std::memory_order_relaxed)) > now();
    const std::int64_t believed = now() + (ahead ? kLongestStep : 0);
    // A doubt is settled by the next reading, not by one that comes after time
    // has gone on without it.
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
    if (Believable(time)) return time;  // By now, or seen whole.
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
  // The latest reading that was too far off.
  std::optional<std::int64_t> doubted_ ABSL_GUARDED_BY(lock_);
  std::int64_t doubted_at_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace els::internal
