// That no cost is lost or counted twice. Run under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "els/random.h"
#include "els/work_estimator.h"

namespace els {
namespace {

constexpr TimePoint kNow{std::chrono::hours(100)};
constexpr int kThreads = 4;

std::string Key(std::uint64_t number) { return "/" + std::to_string(number); }

// Calls `work(thread)` in all threads at once.
template <class Work>
void InThreads(Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&work, thread] { work(thread); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Costs are whole, and none is so high that it would not count in full, so that
// sums do not depend on their order.
void LearnSome(WorkEstimator& estimator, int thread) {
  Random random(static_cast<std::uint64_t>(thread));
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t key = random.Below(50);
    const auto cost = static_cast<double>(1 + key % 3 + random.Below(3));
    estimator.Learn(Key(key), cost, kNow);
  }
}

TEST(WorkEstimatorThreadsTest, EveryCostCountsOnce) {
  WorkEstimator together;
  WorkEstimator one_by_one;
  together.Learn("first", 2, kNow);
  one_by_one.Learn("first", 2, kNow);
  InThreads([&](int thread) { LearnSome(together, thread); });
  for (int thread = 0; thread < kThreads; ++thread) {
    LearnSome(one_by_one, thread);
  }
  for (int key = 0; key < 50; ++key) {
    EXPECT_EQ(together.Work(Key(key)), one_by_one.Work(Key(key))) << key;
    EXPECT_NE(together.Work(Key(key)), 1);
  }
}

// All at once: known and ever-new keys in few places, time that goes on, steps
// back and is absurd, costs of all sizes, and every thread reads what others
// write.
TEST(WorkEstimatorThreadsTest, WorkIsInItsRangeWhateverOthersDo) {
  WorkEstimator estimator({.keys = 16, .memory = std::chrono::seconds(1)});
  InThreads([&](int thread) {
    Random random(static_cast<std::uint64_t>(thread));
    TimePoint now = kNow;
    for (int i = 0; i < 20'000; ++i) {
      now += std::chrono::microseconds(random.Below(1000));
      const bool is_new = random.Below(4) == 0;
      const std::string key =
          is_new ? "new " + Key(random.Bits()) : Key(random.Below(20));
      const std::uint64_t clock = random.Below(1000);
      const TimePoint reading = clock == 0   ? TimePoint::max()
                                : clock == 1 ? TimePoint::min()
                                : clock < 50 ? now - std::chrono::seconds(1)
                                             : now;
      const double cost = random.Below(100) == 0 ? 1e300 : random.Uniform();
      estimator.Learn(key, cost, reading);
      const double work = estimator.Work(Key(random.Below(20)));
      ASSERT_GE(work, 1.0 / 4096);
      ASSERT_LE(work, 1e6);
    }
  });
  EXPECT_EQ(estimator.Work("never seen"), 1);
}

}  // namespace
}  // namespace els
