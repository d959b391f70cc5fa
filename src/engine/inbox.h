#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "src/base/spin_lock.h"
#include "src/score/news.h"

namespace els::internal {

// Where backends leave news for the fleet. Thread-safe. Tell takes a spin lock
// for a few additions. So where there is much news, a backend gathers several
// picks and successes before it tells them.
class Inbox {
 public:
  // Returns whether news is told at once, however little it is: while fewer
  // successes were told since Take than SetQuiet has set.
  bool Quiet() const {
    return successes_.load(std::memory_order_relaxed) <
           quiet_.load(std::memory_order_relaxed);
  }
  void SetQuiet(std::size_t successes) {
    quiet_.store(static_cast<std::uint32_t>(successes),
                 std::memory_order_relaxed);
  }

  void Tell(const News& news) {
    const SpinLockHolder lock(lock_);
    told_.Add(news);
    CountTold();
  }

  // Returns the number of picks told since Take.
  std::uint32_t picks() const { return picks_.load(std::memory_order_relaxed); }

  // Returns the news told since the last call.
  News Take() {
    const SpinLockHolder lock(lock_);
    const News news = told_;
    told_ = {};
    CountTold();
    return news;
  }
  // Returns the same news, and leaves it for Take.
  News Peek() const {
    const SpinLockHolder lock(lock_);
    return told_;
  }

 private:
  void CountTold() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    picks_.store(told_.picks, std::memory_order_relaxed);
    successes_.store(told_.successes, std::memory_order_relaxed);
  }

  mutable SpinLock lock_;
  News told_ ABSL_GUARDED_BY(lock_);
  // Copies of the counts, for who does not take the lock. Relaxed, as each is
  // of use by itself.
  std::atomic<std::uint32_t> picks_ = 0;
  std::atomic<std::uint32_t> successes_ = 0;
  std::atomic<std::uint32_t> quiet_ = 0;
};

}  // namespace els::internal
