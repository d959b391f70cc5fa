#include "examples/demo/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace demo {
namespace {

using std::chrono::seconds;

auto Tie(const Arrival& a) { return std::tie(a.due, a.post); }

bool Same(const std::vector<Arrival>& a, const std::vector<Arrival>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const auto& x, const auto& y) { return Tie(x) == Tie(y); });
}

TEST(Schedule, IsTheSameForTheSameSeedAndAnotherForAnotherSeed) {
  EXPECT_TRUE(Same(PoissonSchedule(200, seconds(5), 7),
                   PoissonSchedule(200, seconds(5), 7)));
  EXPECT_FALSE(Same(PoissonSchedule(200, seconds(5), 7),
                    PoissonSchedule(200, seconds(5), 8)));
}

TEST(Schedule, IsInTheOrderOfTimeAndWithinItsLength) {
  const auto schedule = PoissonSchedule(200, seconds(5), 1);
  Duration last{0};
  for (const Arrival& arrival : schedule) {
    EXPECT_GE(arrival.due, last);
    last = arrival.due;
  }
  EXPECT_LT(last, seconds(5));
}

TEST(Schedule, HasAsManyRequestsAsItsRateSays) {
  // A Poisson count of mean 20,000: four standard errors are 4 sqrt(20,000).
  const auto schedule = PoissonSchedule(200, seconds(100), 1);
  EXPECT_NEAR(static_cast<double>(schedule.size()), 20'000, 566);
}

TEST(Schedule, VariesInEachSecondAsPoissonArrivalsDo) {
  // The variance of a Poisson count equals its mean, 50; over 400 seconds its
  // standard error is 50 sqrt(2 / 399) plus a little: four of them are 14.5.
  std::vector<double> counts(400);
  for (const Arrival& arrival : PoissonSchedule(50, seconds(400), 3)) {
    counts.at(static_cast<std::size_t>(arrival.due / seconds(1))) += 1;
  }
  double mean = 0;
  for (const double count : counts) mean += count / 400;
  double variance = 0;
  for (const double count : counts) variance += std::pow(count - mean, 2) / 399;
  EXPECT_NEAR(variance, 50, 14.5);
}

TEST(Schedule, IsHalfPosts) {
  // Of n requests, n/2 with a standard error of sqrt(n)/2.
  const auto schedule = PoissonSchedule(200, seconds(100), 1);
  const auto posts = std::count_if(schedule.begin(), schedule.end(),
                                   [](const Arrival& a) { return a.post; });
  const auto n = static_cast<double>(schedule.size());
  EXPECT_NEAR(static_cast<double>(posts), n / 2, 2 * std::sqrt(n));
}

}  // namespace
}  // namespace demo
