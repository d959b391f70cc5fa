// That no retry is lost or granted twice. Run under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "els/retry_budget.h"

namespace els {
namespace {

constexpr TimePoint kNow{std::chrono::hours(1)};
constexpr int kThreads = 4;

// 10,000 saved at the start, and no more by time: it stands still.
constexpr RetryBudgetOptions kOptions = {
    .ratio = 0.2, .floor_per_second = 1000, .window = std::chrono::seconds(10)};
constexpr int kSaved = 10'000;

// The retries granted to all threads together, which make `requests` and ask
// `tries` times each, in turn.
int Work(RetryBudget& budget, int requests, int tries) {
  std::vector<int> granted(kThreads, 0);
  std::vector<std::thread> threads;
  for (int& mine : granted) {
    threads.emplace_back([&budget, &mine, requests, tries] {
      for (int i = 0; i < std::max(requests, tries); ++i) {
        if (i < requests) budget.Request(kNow);
        if (i < tries && budget.TryRetry(kNow)) ++mine;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return std::accumulate(granted.begin(), granted.end(), 0);
}

TEST(RetryBudgetThreadsTest, WhatIsSavedIsGrantedOnce) {
  RetryBudget budget(kOptions);
  EXPECT_EQ(Work(budget, 0, kSaved), kSaved);
  EXPECT_FALSE(budget.TryRetry(kNow));
}

TEST(RetryBudgetThreadsTest, WhatRequestsBringIsGrantedOnce) {
  RetryBudget budget(kOptions);
  ASSERT_EQ(Work(budget, 0, kSaved), kSaved);
  // 40,000 requests bring 8,000 retries, which the empty bucket can hold.
  const int granted = Work(budget, 10'000, 10'000);
  EXPECT_EQ(granted + Work(budget, 0, kSaved), 8'000);
}

}  // namespace
}  // namespace els
