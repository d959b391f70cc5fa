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

// The explanations of the latest picks, if anybody wants them. Thread-safe.
class PickLog {
 public:
  // Returns whether the log keeps any explanations. One load.
  bool on() const { return on_.load(std::memory_order_relaxed); }

  // Keeps up to `picks` explanations from now on. Those kept before stay, as
  // far as there is room: the latest of them.
  void Keep(std::size_t picks);

  // Numbers the explanation and adds it. The oldest makes room. If this throws,
  // nothing has changed.
  void Add(PickExplanation explanation);

  // Returns the explanations, the oldest first.
  std::vector<PickExplanation> All() const;

 private:
  void Trim() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Relaxed: the explanation of a pick made during a change may be kept or not.
  std::atomic<bool> on_ = false;

  mutable Mutex mutex_;
  std::size_t room_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t added_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<PickExplanation> picks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace els::internal
