#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <new>

// An allocator of which a test chooses the allocation that fails.
// failing_memory.cc replaces operator new and operator delete of the program.
namespace els {

// How many blocks all threads have allocated since the start, and how many of
// them are not freed yet.
std::int64_t AllocatedBlocks();
std::int64_t HeldBlocks();

enum class Shortage {
  kMoment,   // One allocation fails.
  kLasting,  // All allocations from that one on fail.
};

// As long as it lives, allocations of this thread fail: the one before which
// `first` others succeed and, if the shortage is kLasting, all after it. There
// is one at a time in a thread.
class FailingMemory {
 public:
  FailingMemory(std::int64_t first, Shortage shortage);
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;

  // Whether an allocation has failed.
  bool HasFailed() const;
};

// Calls `call` while there is no memory. Returns whether it needed none.
template <class Call>
bool NeedsNoMemory(Call call) {
  const FailingMemory memory(0, Shortage::kLasting);
  call();
  return !memory.HasFailed();
}

// Calls `call` while its first allocation fails, then its second, and so on,
// until it makes no more: first with each shortage of a moment, then with each
// that lasts. After each failure calls `check(threw)`, where `threw` is whether
// std::bad_alloc came out of `call`. Returns the number of failures.
template <class Call, class Check>
int FailEachAllocation(Call call, Check check) {
  int failures = 0;
  for (const Shortage shortage : {Shortage::kMoment, Shortage::kLasting}) {
    for (std::int64_t first = 0; !testing::Test::HasFailure(); ++first) {
      bool threw = false;
      bool failed = false;
      {
        const FailingMemory memory(first, shortage);
        try {
          call();
        } catch (const std::bad_alloc&) {
          threw = true;
        }
        failed = memory.HasFailed();
      }
      if (!failed) {
        EXPECT_FALSE(threw);
        break;
      }
      ++failures;
      check(threw);
      EXPECT_FALSE(testing::Test::HasFailure())
          << "when allocation " << first << " failed"
          << (shortage == Shortage::kLasting ? ", and all after it" : "");
    }
  }
  return failures;
}

}  // namespace els
