#include "sim/files/offered.h"

#include <gtest/gtest.h>

#include <chrono>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 1 until 2 s, from 2 to 4 rising over 4 s, and 0.5 from 8 s on.
const std::vector<ProfilePoint> kProfile = {
    {.at = seconds(2), .times = 2, .ramp = true},
    {.at = seconds(6), .times = 4},
    {.at = seconds(8), .times = 0.5}};

TEST(TimesAt, StepsAndRamps) {
  EXPECT_EQ(TimesAt({}, seconds(1)), 1);
  EXPECT_EQ(TimesAt(kProfile, seconds(1)), 1);
  EXPECT_EQ(TimesAt(kProfile, seconds(2)), 2);
  EXPECT_EQ(TimesAt(kProfile, seconds(4)), 3);
  EXPECT_EQ(TimesAt(kProfile, seconds(7)), 4);
  EXPECT_EQ(TimesAt(kProfile, seconds(8)), 0.5);
  EXPECT_EQ(TimesBefore(kProfile, seconds(2)), 1);
  EXPECT_EQ(TimesBefore(kProfile, seconds(6)), 4);
  EXPECT_EQ(TimesBefore(kProfile, seconds(8)), 4);
}

// 2 * 1 + 4 * 3 + 2 * 4 + 2 * 0.5 = 23 over 10 s.
TEST(MeanTimes, IsTheAreaOverTheLength) {
  EXPECT_DOUBLE_EQ(MeanTimes(kProfile, seconds(10)), 2.3);
  EXPECT_DOUBLE_EQ(MeanTimes(kProfile, seconds(4)), 1.75);
  EXPECT_DOUBLE_EQ(MeanTimes({}, seconds(4)), 1);
}

TEST(MeanTimes, WeighsOnAndOffByTheirLengths) {
  EXPECT_EQ(MeanTimes(std::optional<OnOff>()), 1);
  EXPECT_DOUBLE_EQ(MeanTimes(OnOff{.mean_on = seconds(1),
                                   .mean_off = seconds(3),
                                   .times_on = 3,
                                   .times_off = 1}),
                   1.5);
}

Scenario Two(OpenArrivals arrivals) {
  return {.arrivals = arrivals,
          .sizes = {.mean = milliseconds(10)},
          .servers = {{.slots = 4}, {.slots = 4}}};
}

TEST(Requests, AreTheRateOverTheLength) {
  EXPECT_DOUBLE_EQ(
      Requests(Two({.length = seconds(10), .rate = 100, .profile = kProfile})),
      2300);
  EXPECT_EQ(Requests({.arrivals = BurstArrivals{27}}), 27);
  EXPECT_EQ(Requests({.arrivals = ClosedArrivals{.requests = 5}}), 5);
}

// 400 a second of 10 ms are 4 of 8 slots; of 4 + 2 while one is twice as slow,
// and of 4 while one fails.
TEST(HighestOffered, FindsWhenThereIsLeastRoom) {
  const OpenArrivals arrivals = {.length = seconds(20), .rate = 400};
  Scenario scenario = Two(arrivals);
  EXPECT_DOUBLE_EQ(OfferedAt(scenario, arrivals, seconds(3)).load, 0.5);
  scenario.servers[0].phases = {
      {.from = seconds(5), .until = seconds(6), .slowness = 2},
      {.from = seconds(7), .until = seconds(8), .failure_rate = 1}};
  const Offered highest = HighestOffered(scenario, arrivals);
  EXPECT_EQ(highest.at, seconds(7));
  EXPECT_DOUBLE_EQ(highest.load, 1);
  EXPECT_DOUBLE_EQ(WorkingSlots(scenario, seconds(5)), 6);
}

TEST(HighestOffered, FindsTheEndOfARampBeforeAStepDown) {
  const std::vector<ProfilePoint> profile = {
      {.at = seconds(2), .times = 1, .ramp = true},
      {.at = seconds(6), .times = 4, .ramp = true},
      {.at = seconds(8), .times = 1}};
  const OpenArrivals arrivals = {
      .length = seconds(20), .rate = 400, .profile = profile};
  const Offered highest = HighestOffered(Two(arrivals), arrivals);
  EXPECT_EQ(highest.at, seconds(6));
  EXPECT_DOUBLE_EQ(highest.load, 2);
  EXPECT_DOUBLE_EQ(highest.rate, 1600);
}

}  // namespace
}  // namespace els_sim
