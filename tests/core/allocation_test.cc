// Pick, Report, Answered and Finish allocate nothing, nor does what reads a
// server's load, a retry budget, a limit, a timer of hedges or an estimator of
// work.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "els/concurrency_limit.h"
#include "els/hedge_timer.h"
#include "els/retry_budget.h"
#include "els/server_load.h"
#include "els/work_estimator.h"
#include "tests/core/failing_memory.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

TEST(AllocationTest, ARequestAllocatesNothing) {
  for (const Choice choice :
       {Choice::kLowest, Choice::kPowerOfTwo, Choice::kWeightedRandom}) {
    VirtualClock clock;
    Balancer balancer(Options{.seed = 1, .choice = choice});
    std::vector<Backend> backends;
    for (int i = 0; i < 50; ++i) backends.push_back({.id = std::to_string(i)});
    ASSERT_TRUE(balancer.SetBackends(backends, clock.now()).ok());
    const std::vector<std::string_view> avoid = {"1", "2", "3"};

    const std::int64_t before = AllocatedBlocks();
    for (int i = 0; i < 1000; ++i) {
      Ticket ticket = balancer.Pick(clock.now(), avoid);
      clock.Advance(std::chrono::milliseconds(5));
      ticket.Report({.in_flight = i % 7, .utilization = 0.5});
      if (i % 3 == 0) ticket.Answered(Outcome::kSuccess, clock.now());
      if (i % 3 != 1) ticket.Finish(Outcome::kFailure, clock.now());
    }
    EXPECT_EQ(AllocatedBlocks() - before, 0);
  }
}

TEST(AllocationTest, AServersLoadIsReadWithoutAllocating) {
  const std::int64_t before = AllocatedBlocks();
  const auto text = ParseServerLoad(
      "endpoint-load-metrics", "TEXT cpu_utilization=0.3,named_metrics.rif=1");
  const auto json = ParseServerLoad(
      "endpoint-load-metrics", R"(JSON {"named_metrics": {"rif": 1, "a": 2}})");
  EXPECT_EQ(AllocatedBlocks() - before, 0);
  EXPECT_EQ(text->in_flight, 1.0);
  EXPECT_EQ(json->in_flight, 1.0);
}

TEST(AllocationTest, ARetryAllocatesNothing) {
  VirtualClock clock;
  RetryBudget budget;
  const std::int64_t before = AllocatedBlocks();
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.Request(clock.Advance(std::chrono::milliseconds(1)));
    if (budget.TryRetry(clock.now())) ++retries;
  }
  EXPECT_EQ(AllocatedBlocks() - before, 0);
  EXPECT_GT(retries, 0);
  EXPECT_LT(retries, 1000);
}

TEST(AllocationTest, AnAdmissionAllocatesNothing) {
  VirtualClock clock;
  ConcurrencyLimit limit;
  const std::int64_t before = AllocatedBlocks();
  for (int i = 0; i < 5000; ++i) {
    Admission first = limit.TryAdmit(clock.now(), Priority(i % 3));
    const Admission dropped = limit.TryAdmit(clock.now());
    clock.Advance(std::chrono::milliseconds(1 + i % 50));
    first.Done(Outcome::kSuccess, clock.now());
  }
  EXPECT_EQ(AllocatedBlocks() - before, 0);
  EXPECT_TRUE(limit.Snapshot().latency.has_value());
}

// Known and new keys, more than there are places.
TEST(AllocationTest, AHedgeAllocatesNothing) {
  VirtualClock clock;
  HedgeTimer timer({.keys = 8, .half_life = std::chrono::seconds(1)});
  std::vector<std::string> keys;
  for (int i = 0; i < 500; ++i) keys.push_back("/route/" + std::to_string(i));
  const std::int64_t before = AllocatedBlocks();
  int hedges = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    Hedge hedge = timer.Start(keys[i % (1 + i % keys.size())], clock.now());
    clock.Advance(std::chrono::milliseconds(1 + i % 50));
    if (i % 20 == 0 && hedge.TrySend()) ++hedges;
    hedge.Done(Outcome::kSuccess, clock.now());
  }
  EXPECT_EQ(AllocatedBlocks() - before, 0);
  EXPECT_GT(hedges, 100);
}

// Likewise.
TEST(AllocationTest, AnEstimateAllocatesNothing) {
  VirtualClock clock;
  WorkEstimator estimator({.keys = 64});
  std::vector<std::string> keys;
  for (int i = 0; i < 500; ++i) keys.push_back("/route/" + std::to_string(i));
  const std::int64_t before = AllocatedBlocks();
  int atypical = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::string& key = keys[i % (1 + i % keys.size())];
    estimator.Learn(key, static_cast<double>(1 + i % 7),
                    clock.Advance(std::chrono::seconds(1)));
    if (estimator.Work(key) != 1) ++atypical;
  }
  EXPECT_EQ(AllocatedBlocks() - before, 0);
  EXPECT_GT(atypical, 4000);
}

}  // namespace
}  // namespace els
