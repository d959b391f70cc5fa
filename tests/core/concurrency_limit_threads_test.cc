// That no place is lost or given twice. Run under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "els/concurrency_limit.h"
#include "els/random.h"

namespace els {
namespace {

constexpr TimePoint kNow{std::chrono::hours(100)};
constexpr int kThreads = 4;

template <class Work>
void InThreads(Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&work, thread] { work(thread); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Time stands still, so that the limit stays.
TEST(ConcurrencyLimitThreadsTest, NoMoreAreAdmittedAtOnceThanTheLimit) {
  constexpr std::int64_t kLimit = 3;
  ConcurrencyLimit limit({.initial_limit = kLimit});
  std::atomic<std::int64_t> held = 0;
  std::atomic<std::int64_t> admitted = 0;
  InThreads([&](int) {
    for (int i = 0; i < 20'000; ++i) {
      Admission admission = limit.TryAdmit(kNow);
      if (!admission) continue;
      EXPECT_LE(++held, kLimit);
      ++admitted;
      --held;
      if (i % 2 == 0) admission.Done(Outcome::kSuccess, kNow);
    }
  });
  const ConcurrencyLimitSnapshot snapshot = limit.Snapshot();
  EXPECT_EQ(snapshot.in_flight, 0U);
  EXPECT_EQ(snapshot.admitted, static_cast<std::uint64_t>(admitted));
  EXPECT_EQ(snapshot.admitted + snapshot.refused[1], kThreads * 20'000U);
}

// Time goes on and the limit changes; an admission may end in another thread
// than the one that got it.
TEST(ConcurrencyLimitThreadsTest, NoPlaceIsLostWhoeverEndsIt) {
  ConcurrencyLimit limit({.window = std::chrono::milliseconds(10)});
  std::mutex mutex;
  std::vector<Admission> shared;
  InThreads([&](int thread) {
    Random random(static_cast<std::uint64_t>(thread));
    TimePoint now = kNow;
    for (int i = 0; i < 20'000; ++i) {
      now += std::chrono::microseconds(random.Below(200));
      const auto priority = static_cast<Priority>(random.Below(kPriorities));
      Admission mine = limit.TryAdmit(now, priority);
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!shared.empty() && random.Below(2) == 0) {
          std::swap(mine, shared.back());
          shared.pop_back();
        } else if (mine && shared.size() < 10) {
          shared.push_back(std::move(mine));
        }
      }
      const std::uint64_t end = random.Below(6);
      if (end < 5) mine.Done(static_cast<Outcome>(end), now);
      EXPECT_GE(limit.Snapshot().limit, 1);
    }
  });
  EXPECT_EQ(limit.Snapshot().in_flight, shared.size());
  shared.clear();
  EXPECT_EQ(limit.Snapshot().in_flight, 0U);
  EXPECT_TRUE(limit.Snapshot().latency.has_value());
}

}  // namespace
}  // namespace els
