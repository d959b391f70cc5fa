// LinkedIn's D2: its steps by hand, and what is known to be wrong with it.

#include "sim/policies/d2_relative.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"
#include "tests/sim/scoring_setup.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Intervals end at 5 s, 10 s and so on.
D2Relative MakeD2(std::size_t servers, D2Options options = {}) {
  options.first_interval = D2Relative::kInterval;
  return D2Relative(SetupOf(servers), options);
}

// The calls of an interval that begins at `start`, and its end.
void Interval(D2Relative& policy, Time start, Duration first,
              els::Outcome outcome = els::Outcome::kSuccess) {
  Request(policy, 0, first, outcome, start);
  Request(policy, 1, milliseconds(40), els::Outcome::kSuccess, start);
  Request(policy, 2, milliseconds(40), els::Outcome::kSuccess, start);
  policy.SetMembers(MembersOf({0, 1, 2}), start + D2Relative::kInterval);
}

TEST(D2Relative, StepsDownFromThirtyPercentAboveTheMean) {
  D2Relative policy = MakeD2(3);
  // (61 + 40 + 40) / 3 = 47, times 1.3 = 61.1.
  Interval(policy, kStart, milliseconds(61));
  EXPECT_EQ(policy.Points(0), 100);
  // (62 + 40 + 40) / 3 = 47.33, which it rounds to 47.
  Interval(policy, kStart + seconds(5), milliseconds(62));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.8);
  EXPECT_EQ(policy.Points(0), 80);
  EXPECT_EQ(policy.Points(1), 100);
}

TEST(D2Relative, RoundsMeansToWholeMilliseconds) {
  D2Relative policy = MakeD2(2);
  for (const int ms : {400, 400, 612}) {
    Request(policy, ms == 400 ? 1 : 0, milliseconds(ms));
  }
  policy.SetMembers(MembersOf({0, 1}), kStart + seconds(5));
  // The mean is 470.67, rounded to 471, times 1.3 = 612.3.
  EXPECT_DOUBLE_EQ(policy.Health(0), 1);
}

TEST(D2Relative, EndsIntervalsOnTimeHoweverLateTheNextCallIs) {
  D2Relative policy = MakeD2(2);
  Request(policy, 0, milliseconds(40));
  const Time late = kStart + seconds(7);
  Request(policy, 0, milliseconds(400), els::Outcome::kSuccess, late);
  Request(policy, 1, milliseconds(40), els::Outcome::kSuccess, late);
  policy.SetMembers(MembersOf({0, 1}), kStart + seconds(10));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.8);
}

TEST(D2Relative, StepsUpAgainByATwentiethUpToTwentyPercentAboveTheMean) {
  D2Relative policy = MakeD2(3);
  Interval(policy, kStart, milliseconds(400));
  // (52 + 40 + 40) / 3 = 44, times 1.2 = 52.8.
  Interval(policy, kStart + seconds(5), milliseconds(52));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.85);
  // (55 + 40 + 40) / 3 = 45, times 1.2 = 54: neither up nor down.
  Interval(policy, kStart + seconds(10), milliseconds(55));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.85);
}

TEST(D2Relative, KeepsOnePointForTheWorst) {
  D2Relative policy = MakeD2(3);
  for (int i = 0; i < 5; ++i) {
    Interval(policy, kStart + i * seconds(5), milliseconds(400));
  }
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.01);
  EXPECT_EQ(policy.Points(0), 1);
  Interval(policy, kStart + seconds(25), milliseconds(40));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.06);
}

TEST(D2Relative, CountsTheAgeOfWhatIsOutstanding) {
  D2Relative policy = MakeD2(3);
  PickAt(policy, 0);
  Request(policy, 1, milliseconds(40));
  Request(policy, 2, milliseconds(40));
  // 5000 against (5000 + 40 + 40) / 3 = 1693.
  policy.SetMembers(MembersOf({0, 1, 2}), kStart + seconds(5));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.8);
  EXPECT_DOUBLE_EQ(policy.Health(1), 1);
  // The others had no calls, but the mean is its own now: not 1.3 times it.
  policy.SetMembers(MembersOf({0, 1, 2}), kStart + seconds(10));
  EXPECT_DOUBLE_EQ(policy.Health(0), 0.85);
}

TEST(D2Relative, DoublesBelowTheSlowStartThreshold) {
  D2Relative policy =
      MakeD2(3, {.slow_start_threshold = 0.05, .initial_health = 0.01});
  Time start = kStart;
  for (const double health : {0.02, 0.04, 0.08, 0.13}) {
    Interval(policy, start, milliseconds(40));
    EXPECT_DOUBLE_EQ(policy.Health(0), health);
    start += D2Relative::kInterval;
  }
}

TEST(D2Relative, TakesPointsAtRandom) {
  D2Relative policy = MakeD2(3);
  Interval(policy, kStart, milliseconds(400));
  constexpr double kShare = 80. / 280;
  EXPECT_NEAR(PicksOfFirst(policy, 10'000, kStart + seconds(5)),
              10'000 * kShare, 4 * std::sqrt(10'000 * kShare * (1 - kShare)));
}

TEST(D2Relative, PunishesTheWellForOneThatFailsFastUnlessToldToCountErrors) {
  D2Relative policy = MakeD2(3);
  D2Relative strict =
      MakeD2(3, {.high_error_rate = 0.5, .low_error_rate = 0.1});
  for (int i = 0; i < 3; ++i) {
    Interval(policy, kStart + i * seconds(5), milliseconds(1), kFails);
    Interval(strict, kStart + i * seconds(5), milliseconds(1), kFails);
  }
  EXPECT_EQ(policy.Points(0), 100);
  EXPECT_EQ(strict.Points(0), 40);
  // It is the well that are slow: 40 against 1.3 times (1 + 40 + 40) / 3 = 27.
  EXPECT_EQ(policy.Points(1), 40);
  EXPECT_EQ(policy.Points(2), 40);
}

TEST(D2Relative, TakesAllForSlowWhereNoneTakesHalfAMillisecond) {
  D2Relative policy = MakeD2(2);
  Request(policy, 0, microseconds(400));
  Request(policy, 1, microseconds(400));
  policy.SetMembers(MembersOf({0, 1}), kStart + seconds(5));
  EXPECT_EQ(policy.Points(0), 80);
  EXPECT_EQ(policy.Points(1), 80);
}

TEST(D2Relative, ForgetsAServerThatLeaves) {
  D2Relative policy =
      MakeD2(3, {.high_error_rate = 0.5, .low_error_rate = 0.1});
  const Attempt late = PickAt(policy, 0);
  policy.SetMembers(MembersOf({1, 2}), kStart);
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  Fail(policy, late, milliseconds(40), kStart + milliseconds(40));
  Interval(policy, kStart, milliseconds(40));
  EXPECT_DOUBLE_EQ(policy.Health(0), 1);
}

}  // namespace
}  // namespace els_sim
