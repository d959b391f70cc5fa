#include "sim/model/workload.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<Arrival> All(const Scenario& scenario, std::uint64_t seed) {
  Workload workload(scenario, seed);
  std::vector<Arrival> arrivals;
  while (const auto arrival = workload.Next()) arrivals.push_back(*arrival);
  return arrivals;
}

Scenario PoissonAt(double load) {
  return {.arrivals = OpenArrivals{.length = seconds(100), .load = load},
          .sizes = {.mean = milliseconds(10)},
          .servers = {{.slots = 8}, {.slots = 2}},
          .access_points = 4};
}

TEST(Workload, BringsTheLoadAskedFor) {
  // Ten slots of 10 ms each: 1000 requests a second at load 1, so 50,000 in
  // 100 s at load 0.5, with a standard deviation of sqrt(50,000).
  const auto arrivals = All(PoissonAt(0.5), 1);
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 50'000,
              4 * std::sqrt(50'000));
}

TEST(Workload, CountsOnlyHealthyServersAsCapacity) {
  Scenario scenario = PoissonAt(0.5);
  EXPECT_DOUBLE_EQ(BaseRate(scenario, OpenArrivals{}), 500);
  scenario.servers.push_back({.slots = 8, .phases = {{.slowness = 10}}});
  scenario.servers.push_back({.slots = 8, .phases = {{.failure_rate = 0.9}}});
  scenario.servers.push_back({.slots = 8, .joins_at = seconds(1)});
  EXPECT_DOUBLE_EQ(BaseRate(scenario, OpenArrivals{}), 500);
  scenario.servers.push_back({.slots = 10});
  EXPECT_DOUBLE_EQ(BaseRate(scenario, OpenArrivals{}), 1000);
}

TEST(Workload, BringsTheRateAskedForWhateverTheServers) {
  Scenario scenario = PoissonAt(0.5);
  scenario.arrivals =
      OpenArrivals{.length = seconds(10), .gaps = Gaps::kConstant, .rate = 4};
  const auto arrivals = All(scenario, 1);
  ASSERT_EQ(arrivals.size(), 40);
  EXPECT_EQ(arrivals.front().time, Time());
  EXPECT_EQ(arrivals.back().time, Time(milliseconds(9750)));
}

TEST(Workload, ArrivesWhenTheTraceSays) {
  const auto times = std::make_shared<const std::vector<Duration>>(
      std::vector<Duration>{milliseconds(1), milliseconds(1), seconds(5)});
  const auto arrivals =
      All({.arrivals = TraceArrivals{times}, .servers = {{}}}, 1);
  ASSERT_EQ(arrivals.size(), 3);
  EXPECT_EQ(arrivals[1].time, Time(milliseconds(1)));
  EXPECT_EQ(arrivals[2].time, Time(seconds(5)));
}

TEST(Workload, BringsEachUsersNextRequestWhenItsLastHasEnded) {
  const Scenario scenario = {
      .arrivals = ClosedArrivals{.users = 3, .requests = 4},
      .servers = {{}},
      .access_points = 2};
  Workload workload(scenario, 1);
  std::vector<Arrival> first;
  while (const auto arrival = workload.Next()) first.push_back(*arrival);
  ASSERT_EQ(first.size(), 3);
  EXPECT_EQ(first[2].access_point, 0);
  const auto next = workload.After(first[1], Time(seconds(7)));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->time, Time(seconds(7)));  // Nobody thinks.
  EXPECT_EQ(next->user, 1);
  EXPECT_EQ(next->access_point, 1);
  EXPECT_FALSE(workload.After(first[0], Time(seconds(8))).has_value());
}

TEST(Workload, GivesTheHeavyAccessPointsTheirShare) {
  Scenario scenario = PoissonAt(0.5);
  scenario.access_points = 10;
  scenario.skew = Skew{.heavy = 0.2, .share = 0.8};
  const auto arrivals = All(scenario, 1);
  int heavy = 0;
  for (const Arrival& arrival : arrivals) heavy += arrival.access_point < 2;
  const auto n = static_cast<double>(arrivals.size());
  EXPECT_NEAR(heavy / n, 0.8, 4 * std::sqrt(0.16 / n));
}

TEST(Workload, ArrivesInOrderAndWithinTheLength) {
  Time latest;
  for (const Arrival& arrival : All(PoissonAt(0.5), 1)) {
    ASSERT_GE(arrival.time, latest);
    ASSERT_LT(arrival.time.time_since_epoch(), seconds(100));
    ASSERT_LT(arrival.access_point, 4U);
    latest = arrival.time;
  }
}

TEST(Workload, KeepsEachRequestsSizePlaceAndLuckWhateverTheLoad) {
  const auto light = All(PoissonAt(0.25), 3);
  const auto heavy = All(PoissonAt(0.75), 3);
  ASSERT_LT(light.size(), heavy.size());
  for (std::size_t i = 0; i < light.size(); ++i) {
    ASSERT_EQ(light[i].size, heavy[i].size);
    ASSERT_EQ(light[i].access_point, heavy[i].access_point);
    els::Random luck = light[i].luck;
    els::Random heavy_luck = heavy[i].luck;
    ASSERT_EQ(luck.Uniform(), heavy_luck.Uniform());
    ASSERT_EQ(luck.Uniform(), heavy_luck.Uniform());
  }
}

TEST(Workload, DiffersBetweenSeeds) {
  EXPECT_NE(All(PoissonAt(0.5), 1).front().size,
            All(PoissonAt(0.5), 2).front().size);
}

TEST(Workload, BringsABurstAtTheStartAndThenNothing) {
  const auto arrivals =
      All({.arrivals = BurstArrivals{.requests = 27}, .servers = {{}}}, 1);
  ASSERT_EQ(arrivals.size(), 27);
  for (const Arrival& arrival : arrivals) EXPECT_EQ(arrival.time, Time());
}

}  // namespace
}  // namespace els_sim
