#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/base/thread_annotations.h"

namespace els::internal {

// A lock of one byte for a handful of words, held for some tens of
// nanoseconds: one exchange to take it, one store to release it.
class ABSL_LOCKABLE SpinLock {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    while (!TryLock()) Wait();
  }

  // Whether it was free, and is now taken.
  bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    // Acquire: what the last holder wrote is seen.
    return taken_.exchange(1, std::memory_order_acquire) == 0;
  }

  void Unlock() ABSL_UNLOCK_FUNCTION() {
    // Release: what was written under it is seen by the next holder.
    taken_.store(0, std::memory_order_release);
  }

 private:
  // Looks without writing, so that the line stays where the holder needs it;
  // after a while the holder may itself be waiting for the processor.
  void Wait() const {
    for (int i = 0; i < 100; ++i) {
      if (taken_.load(std::memory_order_relaxed) == 0) return;
      Pause();
    }
    std::this_thread::yield();
  }

  // Leaves the core's execution units to its other thread meanwhile, and makes
  // no guess at what the next look will see.
  static void Pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb");
#endif
  }

  std::atomic<std::uint8_t> taken_ = 0;
};

class ABSL_SCOPED_LOCKABLE SpinLockHolder {
 public:
  explicit SpinLockHolder(SpinLock& lock) ABSL_EXCLUSIVE_LOCK_FUNCTION(lock)
      : lock_(lock) {
    lock_.Lock();
  }
  ~SpinLockHolder() ABSL_UNLOCK_FUNCTION() { lock_.Unlock(); }
  SpinLockHolder(const SpinLockHolder&) = delete;
  SpinLockHolder& operator=(const SpinLockHolder&) = delete;

 private:
  SpinLock& lock_;
};

}  // namespace els::internal
