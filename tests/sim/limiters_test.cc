// The limits of others, by their formulas, and what a gate counts.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/limiters/gradient2.h"
#include "sim/limiters/vegas.h"
#include "sim/model/gate.h"
#include "sim/model/limiter.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kMs = 1e6;

TEST(Gradient2, GrowsByAFifthOfItsQueueWhileLatencyIsItsMean) {
  Gradient2 rule{els::Random(1)};
  rule.Update({.mean_ns = 40 * kMs, .most_in_flight = 20});
  // 20 * 0.8 + (20 + 4) * 0.2 is 20.8; once more it is 21.6.
  EXPECT_EQ(rule.limit(), 20U);
  rule.Update({.mean_ns = 40 * kMs, .most_in_flight = 20});
  EXPECT_EQ(rule.limit(), 21U);
}

TEST(Gradient2, StaysWithinTwentyAndTwoHundred) {
  Gradient2 rule{els::Random(1)};
  for (int i = 0; i < 1000; ++i) {
    rule.Update({.mean_ns = 40 * kMs, .most_in_flight = 1000});
  }
  EXPECT_EQ(rule.limit(), 200U);
  for (int i = 0; i < 20; ++i) {
    rule.Update({.mean_ns = 4000 * kMs * (1 + i), .most_in_flight = 1000});
  }
  EXPECT_GE(rule.limit(), 20U);
  EXPECT_LT(rule.limit(), 200U);
}

TEST(Vegas, GrowsBySixAtOnceAndByOneWithAQueue) {
  Vegas rule{els::Random(1)};
  rule.Update({.mean_ns = 40 * kMs, .most_in_flight = 20});
  EXPECT_EQ(rule.limit(), 20U);  // The least is known now.
  rule.Update({.mean_ns = 40 * kMs, .most_in_flight = 20});
  EXPECT_EQ(rule.limit(), 26U);
  // 26 (1 - 40 / 43) is 1.8, rounded up 2.
  rule.Update({.mean_ns = 43 * kMs, .most_in_flight = 26});
  EXPECT_EQ(rule.limit(), 27U);
  // 27 (1 - 40 / 80) is 14: more than 6.
  rule.Update({.mean_ns = 80 * kMs, .most_in_flight = 26});
  EXPECT_EQ(rule.limit(), 26U);
  rule.Update({.mean_ns = 43 * kMs, .most_in_flight = 26, .dropped = true});
  EXPECT_EQ(rule.limit(), 25U);
}

std::unique_ptr<Limiter> Make(const char* name) {
  return FindLimiter(name)->make({.random = els::Random(1)});
}

TEST(AdaptiveThrottling, RefusesNothingWhileHalfIsAccepted) {
  const auto limiter = Make("adaptive-throttling");
  for (int i = 0; i < 1000; ++i) {
    const auto admitted = limiter->TryAdmit(Time(), els::Priority::kNormal);
    ASSERT_TRUE(admitted.has_value()) << i;
    const auto outcome =
        i % 2 == 0 ? els::Outcome::kSuccess : els::Outcome::kFailure;
    limiter->Done(*admitted, outcome, milliseconds(1), Time());
  }
}

TEST(AdaptiveThrottling, RefusesMostWhereNothingIsAccepted) {
  const auto limiter = Make("adaptive-throttling");
  int sent = 0;
  for (int i = 0; i < 1000; ++i) {
    if (limiter->TryAdmit(Time(), els::Priority::kNormal)) ++sent;
  }
  // With probability 1 / (n + 1) each: the sum to 1000 is 7.5, with a standard
  // deviation of 2.4.
  EXPECT_GT(sent, 1);
  EXPECT_LT(sent, 16);
  // Forgotten after two minutes.
  EXPECT_TRUE(limiter->TryAdmit(Time(seconds(121)), els::Priority::kNormal));
}

TEST(Limiters, AreFoundByTheirNames) {
  for (const LimiterInfo& limiter : Limiters()) {
    EXPECT_EQ(FindLimiter(limiter.name), &limiter);
    EXPECT_NE(KnownLimiters().find(limiter.name), std::string::npos);
  }
  EXPECT_EQ(FindLimiter("no-such"), nullptr);
}

Scenario Limited() {
  return {.servers = {{}},
          .access_points = 2,
          .limit = LimitPlan{.options = {.initial_limit = 1}},
          .priorities = {.sheddable = 0.25, .critical = 0.25},
          .windows = {{"late", seconds(1), seconds(2)}}};
}

TEST(Gate, EachAccessPointHasALimitOfItsOwn) {
  const Scenario scenario = Limited();
  Gate gate(scenario, 1);
  const auto first = gate.TryAdmit(0, 0, Time());
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(gate.TryAdmit(0, 1, Time()).has_value());
  EXPECT_TRUE(gate.TryAdmit(1, 2, Time()).has_value());
  gate.Done(0, *first, els::Outcome::kSuccess, milliseconds(1), Time());
  EXPECT_TRUE(gate.TryAdmit(0, 3, Time()).has_value());
}

TEST(Gate, CountsByPriorityAndByWindow) {
  const Scenario scenario = Limited();
  Gate gate(scenario, 1);
  constexpr std::uint64_t kRequests = 4000;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    gate.Ended({.access_point = static_cast<std::uint32_t>(i % 2),
                .number = i,
                .arrival = Time(milliseconds(500 * (i % 4))),
                .latency = milliseconds(10),
                .succeeded = i % 4 != 3,
                .refused = i % 4 == 3});
  }
  const LimitTally& all = gate.all().value();
  EXPECT_EQ(all.All().requests, kRequests);
  EXPECT_EQ(all.All().refused, kRequests / 4);
  EXPECT_EQ(all.All().succeeded, kRequests * 3 / 4);
  EXPECT_EQ(all.latencies.count(), kRequests * 3 / 4);
  EXPECT_EQ(all.succeeded, (std::vector<std::uint64_t>{2000, 1000}));
  // Of 4000, with a standard deviation of 27 and 32.
  const auto of = [&](els::Priority priority) {
    const auto i = static_cast<std::size_t>(priority);
    return static_cast<double>(all.priorities[i].requests);
  };
  EXPECT_NEAR(of(els::Priority::kSheddable), 1000, 110);
  EXPECT_NEAR(of(els::Priority::kNormal), 2000, 130);
  EXPECT_NEAR(of(els::Priority::kCritical), 1000, 110);
  EXPECT_EQ(gate.windows()[0].All().requests, kRequests / 2);
}

TEST(Gate, WithoutALimitAdmitsEverythingAndCountsNothing) {
  const Scenario scenario = {.servers = {{}}};
  Gate gate(scenario, 1);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(gate.TryAdmit(0, 0, Time()));
  EXPECT_FALSE(gate.all().has_value());
  EXPECT_TRUE(gate.windows().empty());
}

}  // namespace
}  // namespace els_sim
