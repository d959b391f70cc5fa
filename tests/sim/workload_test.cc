#include "sim/workload.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
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

Scenario Poisson(double load) {
  return {.access_points = 4,
          .servers = {{.slots = 8}, {.slots = 2}},
          .arrivals = PoissonArrivals{.length = seconds(100), .load = load},
          .mean_size = milliseconds(10)};
}

TEST(Workload, BringsTheLoadAskedFor) {
  // Ten slots of 10 ms each: 1000 requests a second at load 1, so 50,000 in
  // 100 s at load 0.5, with a standard deviation of sqrt(50,000).
  const auto arrivals = All(Poisson(0.5), 1);
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 50'000,
              4 * std::sqrt(50'000));
}

TEST(Workload, CountsOnlyHealthyServersAsCapacity) {
  Scenario scenario = Poisson(0.5);
  const auto gap = MeanGap(scenario, PoissonArrivals{});
  EXPECT_DOUBLE_EQ(gap / milliseconds(1), 2);
  scenario.servers.push_back({.slots = 8, .phases = {{.slowness = 10}}});
  scenario.servers.push_back({.slots = 8, .phases = {{.failure_rate = 0.9}}});
  scenario.servers.push_back({.slots = 8, .joins_at = seconds(1)});
  EXPECT_EQ(MeanGap(scenario, PoissonArrivals{}), gap);
  scenario.servers.push_back({.slots = 10});
  EXPECT_DOUBLE_EQ(MeanGap(scenario, PoissonArrivals{}) / milliseconds(1), 1);
}

TEST(Workload, ArrivesInOrderAndWithinTheLength) {
  Time latest;
  for (const Arrival& arrival : All(Poisson(0.5), 1)) {
    ASSERT_GE(arrival.time, latest);
    ASSERT_LT(arrival.time.time_since_epoch(), seconds(100));
    ASSERT_LT(arrival.access_point, 4U);
    latest = arrival.time;
  }
}

TEST(Workload, KeepsEachRequestsSizePlaceAndLuckWhateverTheLoad) {
  const auto light = All(Poisson(0.25), 3);
  const auto heavy = All(Poisson(0.75), 3);
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
  EXPECT_NE(All(Poisson(0.5), 1).front().size,
            All(Poisson(0.5), 2).front().size);
}

TEST(Workload, BringsABurstAtTheStartAndThenNothing) {
  const auto arrivals =
      All({.servers = {{}}, .arrivals = BurstArrivals{.requests = 27}}, 1);
  ASSERT_EQ(arrivals.size(), 27);
  for (const Arrival& arrival : arrivals) EXPECT_EQ(arrival.time, Time());
}

}  // namespace
}  // namespace els_sim
