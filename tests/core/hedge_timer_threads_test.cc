// That no hedge beyond the budget is sent, and nothing learnt is lost. Run
// under ThreadSanitizer too.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "els/hedge_timer.h"
#include "els/random.h"

namespace els {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kNow{std::chrono::hours(100)};
constexpr int kThreads = 4;
constexpr int kRequests = 20'000;

template <class Work>
void InThreads(Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&work, thread] { work(thread); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Time stands still, so that no weight is halved.
TEST(HedgeTimerThreadsTest, CountsEveryRequestAndLatency) {
  HedgeTimer timer({.ratio = 0.125, .burst = 8, .keys = 8});
  std::atomic<std::uint64_t> hedges = 0;
  InThreads([&](int thread) {
    for (int i = 0; i < kRequests; ++i) {
      Hedge hedge = timer.Start(std::to_string((i + thread) % 4), kNow);
      if (hedge.TrySend()) ++hedges;
      hedge.Done(Outcome::kSuccess, kNow + milliseconds(i % 20));
    }
  });
  const HedgeTimerSnapshot snapshot = timer.Snapshot("0");
  EXPECT_EQ(snapshot.requests, kThreads * kRequests);
  EXPECT_EQ(snapshot.latencies_all, kThreads * kRequests);
  EXPECT_EQ(snapshot.latencies, kThreads * kRequests / 4);
  EXPECT_EQ(snapshot.hedges, hedges);
  EXPECT_LE(snapshot.hedges, 8 + kThreads * kRequests / 8);
  EXPECT_GT(snapshot.hedges, kThreads * kRequests / 10);
}

// Time goes on, keys come and go, and the delay stays within what there is.
TEST(HedgeTimerThreadsTest, TheDelayIsOneOfTheLatencies) {
  HedgeTimer timer({.keys = 8, .half_life = milliseconds(10)});
  InThreads([&](int thread) {
    Random random(static_cast<std::uint64_t>(thread));
    TimePoint now = kNow;
    for (int i = 0; i < kRequests; ++i) {
      now += std::chrono::microseconds(random.Below(200));
      Hedge hedge = timer.Start(std::to_string(random.Below(20)), now);
      if (hedge.delay().has_value()) {
        EXPECT_GE(*hedge.delay(), milliseconds(5));
        EXPECT_LE(*hedge.delay(), milliseconds(40));
      }
      const auto latency = milliseconds(10 + random.Below(20));
      hedge.Done(static_cast<Outcome>(random.Below(5)), now + latency);
      const HedgeTimerSnapshot snapshot = timer.Snapshot("0");
      EXPECT_GE(snapshot.budget, 0);
    }
  });
  EXPECT_TRUE(timer.Snapshot().delay_all.has_value());
}

}  // namespace
}  // namespace els
