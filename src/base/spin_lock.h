#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/base/thread_annotations.h"

namespace els::internal {

// A lock of one byte that guards a handful of words. It is held for some tens
// of nanoseconds. Taking it is one exchange, releasing it one store.
class ABSL_LOCKABLE SpinLock {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    while (!TryLock()) Wait();
  }

  // Takes the lock if it is free. Returns whether it was free.
  bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    // Acquire: the new holder sees what the last holder wrote.
    return taken_.exchange(1, std::memory_order_acquire) == 0;
  }

  void Unlock() ABSL_UNLOCK_FUNCTION() {
    // Release: the next holder sees what this holder wrote.
    taken_.store(0, std::memory_order_release);
  }

 private:
  // Reads without writing, so that the cache line stays with the holder. Yields
  // after a while: the holder may be waiting for this processor.
  void Wait() const {
    for (int i = 0; i < 100; ++i) {
      if (taken_.load(std::memory_order_relaxed) == 0) return;
      Pause();
    }
    std::this_thread::yield();
  }

  // Leaves the execution units of the core to its other thread for a moment,
  // and keeps the processor from guessing what the next read will see.
  static void Pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb");
#endif
  }

  std::atomic<std::uint8_t> taken_ = 0;
};

// Holds a SpinLock for as long as it lives.
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
