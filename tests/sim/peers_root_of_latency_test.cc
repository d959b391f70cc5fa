// go-zero and Kratos, by hand calculation, and with what is known to be wrong
// with them.

#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "sim/policies/go_zero.h"
#include "sim/policies/kratos.h"
#include "sim/policies/whole_average.h"
#include "tests/sim/failing_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(WholeAverage, LosesWhatIsBelowOne) {
  EXPECT_EQ(WholeAverage(100, 200, 0.25), 175U);
  EXPECT_EQ(WholeAverage(0, 1000, 0.9995), 0U);    // 0.5
  EXPECT_EQ(WholeAverage(1000, 0, 0.9995), 999U);  // 999.5
}

TEST(GoZero, WeighsTheRootOfTheLatencyTimesOutstandingAndTheNext) {
  GoZero policy(SetupOf(1));
  EXPECT_EQ(policy.Load(0), 1U);  // The root of 0 + 1 ns.
  const Attempt attempt = policy.Pick(kStart);
  EXPECT_EQ(policy.Load(0), 2U);
  Succeed(policy, attempt, milliseconds(40));
  EXPECT_EQ(policy.Load(0), 6324U);  // 6324^2 <= 40,000,001 < 6325^2
  policy.Pick(kStart);
  EXPECT_EQ(policy.Load(0), 12'648U);
}

TEST(GoZero, AveragesOverTenSeconds) {
  GoZero policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + seconds(10);
  Fail(policy, policy.Pick(later), milliseconds(10), later);
  // 100 ms / e + 10 ms (1 - 1 / e) = 43,109,149 ns
  EXPECT_EQ(policy.Load(0), 6565U);
  EXPECT_EQ(policy.Success(0), 367U);  // 1000 / e
}

TEST(GoZero, GivesTheLoserATurnAfterASecond) {
  GoZero policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Succeed(policy, attempts[0], milliseconds(40));
  Succeed(policy, attempts[1], milliseconds(400));
  Time now = kStart + seconds(1);
  EXPECT_EQ(policy.Pick(now).server, 0U);
  now += nanoseconds(1);
  EXPECT_EQ(policy.Pick(now).server, 1U);
  EXPECT_EQ(policy.Pick(now).server, 0U);
}

TEST(GoZero, PassesOverThoseOfLowSuccessWhereOthersAreLeft) {
  GoZero policy(SetupOf(8));
  // A fair share would be 125.
  EXPECT_LT(SentToTheFailing(policy, 1000), 60);
}

TEST(GoZero, HeedsNoSuccessWhereThereAreButTwo) {
  GoZero policy(SetupOf(2));
  EXPECT_GT(SentToTheFailing(policy, 1000), 980);
}

TEST(GoZero, TakesACancelledRequestForASuccess) {
  GoZero policy(SetupOf(1));
  Fail(policy, policy.Pick(kStart));
  EXPECT_EQ(policy.Success(0), 0U);
  const Time later = kStart + seconds(10);
  policy.Finish(policy.Pick(later), els::Outcome::kCancelled, milliseconds(1),
                later);
  EXPECT_EQ(policy.Success(0), 632U);  // 1000 (1 - 1 / e)
}

TEST(GoZero, NeverForgivesAFailureAtTwoHundredAnswersASecond) {
  GoZero policy(SetupOf(1));
  Fail(policy, policy.Pick(kStart));
  Time now = kStart;
  for (int i = 0; i < 10'000; ++i) {
    now += milliseconds(5);
    Succeed(policy, policy.Pick(now), milliseconds(5), now);
  }
  EXPECT_EQ(policy.Success(0), 0U);  // Each would add a half.
}

TEST(GoZero, ForgetsEverythingWithEachChangeOfTheSet) {
  GoZero policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Fail(policy, attempts[0], milliseconds(40));
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  EXPECT_EQ(policy.Load(0), 1U);
  EXPECT_EQ(policy.Success(0), GoZero::kAllSucceed);
  EXPECT_EQ(policy.Load(1), 1U);  // Though one is still outstanding there.
  Succeed(policy, attempts[1]);
  EXPECT_EQ(policy.Load(1), 1U);
}

TEST(Kratos, WeighsSuccessOverTheRootOfTheLatencyTimesOutstanding) {
  Kratos policy(SetupOf(1));
  EXPECT_DOUBLE_EQ(policy.Weight(0, kStart), 100);  // 1000 * 1e4 / 1e5
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  const Time later = kStart + milliseconds(6);
  // 1e7 / sqrt(40e6 + 5e6)
  EXPECT_NEAR(policy.Weight(0, later), 1490.711985, 1e-6);
  policy.Pick(later);
  EXPECT_NEAR(policy.Weight(0, later + milliseconds(6)), 745.355992, 1e-6);
}

TEST(Kratos, AveragesOverSixHundredMilliseconds) {
  Kratos policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + milliseconds(600);
  Fail(policy, policy.Pick(later), milliseconds(10), later);
  // 367 * 1e4 / sqrt(43,109,149 + 5e6); see the same of go-zero.
  EXPECT_NEAR(policy.Weight(0, later + milliseconds(6)), 529.118, 1e-3);
}

TEST(Kratos, GivesTheLoserATurnAfterThreeSeconds) {
  Kratos policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Succeed(policy, attempts[0]);
  Fail(policy, attempts[1]);  // Its weight is 0 now.
  Time now = kStart + seconds(3);
  EXPECT_EQ(policy.Pick(now).server, 0U);
  now += nanoseconds(1);
  EXPECT_EQ(policy.Pick(now).server, 1U);
  EXPECT_EQ(policy.Pick(now).server, 0U);
}

TEST(Kratos, KeepsAWeightForFiveMillisecondsWhateverIsSentMeanwhile) {
  Kratos policy(SetupOf(1));
  for (int i = 0; i < 9; ++i) policy.Pick(kStart);
  EXPECT_DOUBLE_EQ(policy.Weight(0, kStart + milliseconds(5)), 100);
  EXPECT_DOUBLE_EQ(policy.Weight(0, kStart + nanoseconds(5'000'001)), 10);
}

// Of `outstanding` requests at a server that takes 40 ms otherwise.
double WeightAfterTenSilentSeconds(int outstanding) {
  Kratos policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  for (int i = 0; i < outstanding; ++i) policy.Pick(kStart);
  return policy.Weight(0, kStart + seconds(10));
}

TEST(Kratos, DoesNotNoticeThatTwoAreNeverAnswered) {
  // 1e7 / (3 sqrt(45e6)), and 1e7 / (4 sqrt(10e9 + 5e6)).
  EXPECT_NEAR(WeightAfterTenSilentSeconds(2), 496.903995, 1e-6);
  EXPECT_NEAR(WeightAfterTenSilentSeconds(3), 24.993752, 1e-6);
}

TEST(Kratos, ForgetsEverythingWithEachChangeOfTheSet) {
  Kratos policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Fail(policy, attempts[0]);
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  EXPECT_DOUBLE_EQ(policy.Weight(0, kStart), 100);
  Succeed(policy, attempts[1]);
  EXPECT_DOUBLE_EQ(policy.Weight(1, kStart), 100);
}

}  // namespace
}  // namespace els_sim
