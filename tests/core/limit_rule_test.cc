// How a limit follows windows, with figures by hand.

#include "src/api/limit_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "els/random.h"

namespace els::internal {
namespace {

constexpr double kMs = 1e6;

// 100 answers that took `latency_ns` each.
LimitWindow Window(double latency_ns, std::uint32_t most_in_flight,
                   bool refused) {
  return {.answers = 100,
          .log_sum = 100 * std::log(latency_ns),
          .most_in_flight = most_in_flight,
          .refused = refused};
}

LimitRule RuleAt(double limit, double tolerance = 2) {
  return LimitRule({.initial_limit = limit, .tolerance = tolerance});
}

// A window in which little was in flight, so that the limit stays.
void LearnBaseline(LimitRule& rule, double latency_ns) {
  rule.Learn(Window(latency_ns, 1, false));
}

TEST(LimitWindowTest, TheLatencyIsAGeometricMean) {
  // The root of 10 * 1000.
  const LimitWindow window = {.answers = 2,
                              .log_sum = std::log(10.0) + std::log(1000.0)};
  EXPECT_NEAR(window.Latency(), 100, 1e-9);
}

TEST(LimitRuleTest, KnowsNothingAtFirst) {
  const LimitRule rule = RuleAt(16);
  EXPECT_EQ(rule.limit(), 16);
  EXPECT_EQ(rule.reason(), LimitReason::kInitial);
  EXPECT_FALSE(rule.baseline().has_value());
  EXPECT_FALSE(rule.latency().has_value());
}

TEST(LimitRuleTest, AHighestLimitBelowTheInitialOneHoldsFromTheStart) {
  EXPECT_EQ(LimitRule({.initial_limit = 20, .highest_limit = 5}).limit(), 5);
}

TEST(LimitRuleTest, ANeededLimitGrowsByAQuarterAndItsRootWhileLatencyIsLow) {
  LimitRule rule = RuleAt(16);
  rule.Learn(Window(40 * kMs, 16, true));
  // 16 * 1.25 + 1.5 * 4.
  EXPECT_NEAR(rule.limit(), 26, 1e-9);
  EXPECT_EQ(rule.reason(), LimitReason::kRoom);
}

TEST(LimitRuleTest, ALimitOfTwiceTheMostInFlightStays) {
  LimitRule rule = RuleAt(16);
  rule.Learn(Window(40 * kMs, 8, false));
  EXPECT_EQ(rule.limit(), 16);
  rule.Learn(Window(400 * kMs, 8, false));
  EXPECT_EQ(rule.limit(), 16);
  EXPECT_EQ(rule.reason(), LimitReason::kInitial);
  rule.Learn(Window(40 * kMs, 9, false));
  EXPECT_GT(rule.limit(), 16);
}

// Sheddable requests are refused at half the limit.
TEST(LimitRuleTest, GrowsWhereItRefusesThoughHalfOfItIsInFlight) {
  LimitRule rule = RuleAt(16);
  rule.Learn(Window(40 * kMs, 8, true));
  EXPECT_NEAR(rule.limit(), 26, 1e-9);
}

TEST(LimitRuleTest, FallsToWhatIsToleratedAndItsRoot) {
  LimitRule rule = RuleAt(100);
  LearnBaseline(rule, 40 * kMs);
  rule.Learn(Window(128 * kMs, 100, true));
  // 100 * 2 * 40 / 128 + 1.5 * 10; the baseline has risen by less than 0.1 %.
  EXPECT_NEAR(rule.limit(), 77.5, 0.05);
  EXPECT_EQ(rule.reason(), LimitReason::kLatency);
}

TEST(LimitRuleTest, StaysWhereTheRootOutweighsTheFall) {
  LimitRule rule = RuleAt(36);
  LearnBaseline(rule, 30 * kMs);
  // 36 * 2 * 30 / 80 + 1.5 * 6 = 27 + 9.
  rule.Learn(Window(80 * kMs, 36, true));
  EXPECT_NEAR(rule.limit(), 36, 0.05);
}

TEST(LimitRuleTest, FallsToNoLessThanHalf) {
  LimitRule rule = RuleAt(10'000);
  LearnBaseline(rule, 1 * kMs);
  rule.Learn(Window(1000 * kMs, 10'000, true));
  EXPECT_NEAR(rule.limit(), 5000, 1e-6);
}

TEST(LimitRuleTest, IsNeverBelowOneHoweverSlowTheServiceIs) {
  LimitRule rule = RuleAt(1);
  LearnBaseline(rule, 0.001 * kMs);
  for (int i = 0; i < 1000; ++i) {
    rule.Learn(Window(3'600'000 * kMs, 1, i % 2 == 0));
    ASSERT_GE(rule.limit(), 1) << i;
  }
}

TEST(LimitRuleTest, IsNeverAboveTheHighest) {
  LimitRule rule({.initial_limit = 20, .highest_limit = 100});
  for (int i = 0; i < 100; ++i) rule.Learn(Window(kMs, 1000, false));
  EXPECT_EQ(rule.limit(), 100);
}

TEST(LimitRuleTest, TheBaselineIsTheMeanOfTheLogarithmsAtFirst) {
  LimitRule rule = RuleAt(16);
  LearnBaseline(rule, 10 * kMs);
  LearnBaseline(rule, 10 * kMs);
  LearnBaseline(rule, 10 * kMs);
  LearnBaseline(rule, 160 * kMs);
  // The fourth root of 10^3 * 160 is 20.
  EXPECT_NEAR(*rule.baseline() / kMs, 20, 1e-9);
}

TEST(LimitRuleTest, TheBaselineForgetsAfterItsWindows) {
  LimitRule rule({.baseline_windows = 2});
  LearnBaseline(rule, 10 * kMs);
  LearnBaseline(rule, 10 * kMs);
  // Each window takes half of the logarithm of the ratio of 16: to 40, 80.
  LearnBaseline(rule, 160 * kMs);
  EXPECT_NEAR(*rule.baseline() / kMs, 40, 1e-9);
  LearnBaseline(rule, 160 * kMs);
  EXPECT_NEAR(*rule.baseline() / kMs, 80, 1e-9);
}

TEST(LimitRuleTest,
     TheBaselineDoesNotRiseToWhatIsToleratedWhereTheLimitIsNeeded) {
  LimitRule rule = RuleAt(1000);
  LearnBaseline(rule, 40 * kMs);
  rule.Learn(Window(79 * kMs, 501, false));
  rule.Learn(Window(79 * kMs, 1, true));
  EXPECT_NEAR(*rule.baseline() / kMs, 40, 1e-9);
  // Two windows count so far: the root of 40 * 10.
  rule.Learn(Window(10 * kMs, 1000, true));
  EXPECT_NEAR(*rule.baseline() / kMs, 20, 1e-9);
}

TEST(LimitRuleTest, TheBaselineFollowsSlowlyWhatIsNotTolerated) {
  LimitRule rule({.tolerance = 2, .baseline_windows = 2});
  LearnBaseline(rule, 10 * kMs);
  // Half of the way, in logarithms, to 320 / 2.
  rule.Learn(Window(320 * kMs, 1, true));
  EXPECT_NEAR(*rule.baseline() / kMs, 40, 1e-9);
}

// What servers that are full answer: by Little's law, latency in proportion to
// what is in flight.
double FullLatency(double in_flight, double slots) {
  return std::max(in_flight / slots, 1.0) * 40 * kMs;
}

// Windows of half a second.
TEST(LimitRuleTest, TenMinutesOfOverloadRaiseTheLimitByLessThanHalf) {
  LimitRule rule = RuleAt(20);
  LearnBaseline(rule, 40 * kMs);
  Random random(1);
  double after_a_minute = 0;
  for (int i = 0; i < 1200; ++i) {
    const double noise = 0.9 + 0.2 * random.Uniform();
    rule.Learn(Window(FullLatency(rule.limit(), 32) * noise,
                      static_cast<std::uint32_t>(rule.limit()), true));
    if (i == 120) after_a_minute = rule.limit();
  }
  // At 40 ms: L = 32 * 2 + 1.5 * sqrt(L) is 77.
  EXPECT_NEAR(after_a_minute, 77, 10);
  EXPECT_LT(rule.limit(), 77 * 1.5);
}

TEST(LimitRuleTest, AServiceThatHasBecomeSlowerIsBelievedInTheEnd) {
  LimitRule rule = RuleAt(100);
  LearnBaseline(rule, 40 * kMs);
  // The baseline goes to 80 ms. It is 75 ms after log(2 / (80 / 75)) = 0.63 is
  // left of 0.69, and so on: 2.4 times 1000 windows.
  for (int i = 0; i < 2400; ++i) {
    const auto most = static_cast<std::uint32_t>(rule.limit());
    rule.Learn(Window(160 * kMs, most, true));
  }
  EXPECT_NEAR(*rule.baseline() / kMs, 75, 1);
  // L (1 - 2 * 75 / 160) = 1.5 * sqrt(L) at 576.
  EXPECT_NEAR(rule.limit(), 576, 200);
}

// Each adds the same, and keeps the same part: 1 and 400 of 20 slots in all.
TEST(LimitRuleTest, LimitsOfTwoAccessPointsBecomeEqual) {
  LimitRule low = RuleAt(1);
  LimitRule high = RuleAt(400);
  LearnBaseline(low, 10 * kMs);
  LearnBaseline(high, 10 * kMs);
  for (int i = 0; i < 60; ++i) {
    const double latency = (low.limit() + high.limit()) / 20 * 10 * kMs;
    const double seen = std::max(latency, 10 * kMs);
    low.Learn(Window(seen, static_cast<std::uint32_t>(low.limit()), true));
    high.Learn(Window(seen, static_cast<std::uint32_t>(high.limit()), true));
  }
  EXPECT_NEAR(low.limit() / high.limit(), 1, 0.01);
}

}  // namespace
}  // namespace els::internal
