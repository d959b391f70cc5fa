#include "sim/model/rate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <vector>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// When the requests of a stream without randomness come, one a second but for
// the profile.
std::vector<double> Seconds(const std::vector<ProfilePoint>& profile,
                            Duration length = seconds(10)) {
  Rate rate(1, {.length = length, .profile = profile}, els::Random(1));
  std::vector<double> times;
  while (const auto time = rate.Advance(1)) {
    times.push_back(FractionalDuration(time->time_since_epoch()) / seconds(1));
  }
  return times;
}

TEST(Rate, BringsOneAfterTheOtherUntilTheLengthHasPassed) {
  EXPECT_EQ(Seconds({}, milliseconds(3500)), (std::vector<double>{1, 2, 3}));
}

TEST(Rate, FollowsSteps) {
  EXPECT_EQ(Seconds({{.at = seconds(2), .times = 2}, {.at = seconds(4)}},
                    milliseconds(5500)),
            (std::vector<double>{1, 2, 2.5, 3, 3.5, 4, 5}));
}

TEST(Rate, CarriesAPartOfARequestAcrossAStep) {
  EXPECT_EQ(
      Seconds({{.at = milliseconds(1500), .times = 5}}, milliseconds(2000)),
      (std::vector<double>{1, 1.6, 1.8}));
}

TEST(Rate, BringsNothingWhileItIsZero) {
  EXPECT_EQ(Seconds({{.at = milliseconds(1500), .times = 0},
                     {.at = milliseconds(7500), .times = 1}}),
            (std::vector<double>{1, 8, 9}));
}

// From 0 to 2 a second in 4 s: t^2 / 4 requests until t.
TEST(Rate, FollowsARamp) {
  const auto times = Seconds({{.at = seconds(0), .times = 0, .ramp = true},
                              {.at = seconds(4), .times = 2}},
                             milliseconds(4600));
  ASSERT_EQ(times.size(), 5);
  for (int i = 1; i <= 4; ++i) {
    EXPECT_NEAR(times[i - 1], 2 * std::sqrt(i), 1e-8);
  }
  EXPECT_NEAR(times[4], 4.5, 1e-8);
}

TEST(Rate, IsOnAsLongAsItIsOffWhereBothAreEqual) {
  Rate rate(1000,
            {.length = seconds(1000),
             .on_off = OnOff{.mean_on = milliseconds(100),
                             .mean_off = milliseconds(100),
                             .times_on = 2,
                             .times_off = 0.5}},
            els::Random(1));
  double last = 0;
  int n = 0;
  int fast = 0;  // Half a millisecond from the last, as while it is on.
  while (const auto time = rate.Advance(1)) {
    const double now = FractionalDuration(time->time_since_epoch()).count();
    fast += now - last < 0.51e6;
    last = now;
    ++n;
  }
  // 5000 of each, whose lengths have a standard deviation of 100 ms.
  EXPECT_NEAR(n, 1'250'000, 4 * 1.5 * 100 * std::sqrt(5000 / 2.0));
  EXPECT_NEAR(fast, 1'000'000, 4 * 2 * 100 * std::sqrt(5000 / 2.0) + 5000);
}

}  // namespace
}  // namespace els_sim
