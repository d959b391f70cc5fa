#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "els/explanation.h"
#include "src/base/mutex.h"

namespace els::internal {

// The latest picks, explained, if anybody wants to know. Thread-safe.
class PickLog {
 public:
  // Whether it keeps any: one load.
  bool on() const { return on_.load(std::memory_order_relaxed); }

  // Keeps up to so many from now on. Those kept before stay, as far as there
  // is room.
  void Keep(std::size_t picks);

  // Numbers it and adds it; the oldest makes room. If this throws, nothing has
  // changed.
  void Add(PickExplanation explanation);

  // The oldest first.
  std::vector<PickExplanation> All() const;

 private:
  void Trim() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Relaxed: a pick made while it changes may be kept or not.
  std::atomic<bool> on_ = false;

  mutable Mutex mutex_;
  std::size_t room_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t added_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<PickExplanation> picks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace els::internal
