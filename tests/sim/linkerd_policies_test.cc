// linkerd's balancers: their formulas by hand, and what is known to be wrong
// with each.

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "sim/policies/linkerd_ewma.h"
#include "sim/policies/linkerd_ewma_penalty.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LinkerdEwma, StartsAtThirtyMillisecondsTimesOutstandingAndTheNext) {
  LinkerdEwma policy(SetupOf(1));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.ReadLoad(0, kStart)), 30);
  policy.Pick(kStart);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.ReadLoad(0, kStart)), 60);
}

TEST(LinkerdEwma, AveragesWhatIsBelowTheLastEstimateThoughAboveWhatIsLeft) {
  const Time later = kStart + seconds(10);
  for (const auto& [latency, expected] :
       {std::pair(10, 43.109150), std::pair(50, 68.393972)}) {
    LinkerdEwma policy(SetupOf(1));
    const Attempt first = policy.Pick(kStart);
    const Attempt second = policy.Pick(kStart);
    Succeed(policy, first, milliseconds(100));
    Succeed(policy, second, milliseconds(latency), later);
    // 100 / e + latency (1 - 1 / e)
    EXPECT_NEAR(InMilliseconds(policy.ReadLoad(0, later)), expected, 1e-6);
  }
}

// A second of latency, and then 10 ms a hundred times a second.
TEST(LinkerdEwma, HoldsOneOutlierAgainstAServerForTensOfSeconds) {
  LinkerdEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), seconds(1));
  Time now = kStart;
  while (now < kStart + seconds(20)) {
    const Attempt attempt = policy.Pick(now);
    now += milliseconds(10);
    policy.ReadLoad(0, now);  // As a pick at this moment would.
    Succeed(policy, attempt, milliseconds(10), now);
  }
  // 1000 / e^2, as if none of the 2000 answers had come.
  EXPECT_NEAR(InMilliseconds(policy.ReadLoad(0, now)), 135.335283, 1e-6);
}

TEST(LinkerdEwma, TakesAQuickFailureForAQuickAnswer) {
  LinkerdEwma policy(SetupOf(2));
  const Attempt failing = policy.Pick(kStart);
  const Time later = kStart + seconds(10);
  Fail(policy, failing, milliseconds(1), later);
  // 30 / e + 1 (1 - 1 / e), where a good server of 40 ms would be at 40.
  EXPECT_NEAR(InMilliseconds(policy.ReadLoad(failing.server, later)), 11.668504,
              1e-6);
}

TEST(LinkerdEwma, StartsAnewWithAServerThatReturns) {
  LinkerdEwma policy(SetupOf(1));
  policy.Pick(kStart);
  Succeed(policy, policy.Pick(kStart), seconds(1));
  const Time later = kStart + hours(1);
  policy.SetMembers(MembersOf({1}), later);
  policy.SetMembers(MembersOf({0, 1}), later);
  // Times two: the first request is outstanding still.
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.ReadLoad(0, later)), 60);
}

TEST(LinkerdEwmaPenalty, StartsAnewWithAServerThatReturns) {
  LinkerdEwmaPenalty policy(SetupOf(1));
  policy.Pick(kStart);
  Fail(policy, policy.Pick(kStart));
  const Time later = kStart + hours(1);
  policy.SetMembers(MembersOf({1}), later);
  policy.SetMembers(MembersOf({0, 1}), later);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Load(0, later)), 60);
}

TEST(LinkerdEwmaPenalty, CountsAFailureAsFiveSecondsThatDecay) {
  LinkerdEwmaPenalty policy(SetupOf(1));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Load(0, kStart)), 30);
  Fail(policy, policy.Pick(kStart));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Load(0, kStart)), 5000);
  // 5000 / e
  EXPECT_NEAR(InMilliseconds(policy.Load(0, kStart + seconds(10))), 1839.397206,
              1e-6);
  policy.Pick(kStart);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Load(0, kStart)), 10'000);
}

TEST(LinkerdEwmaPenalty, NeverTakesAFailureForGoodNews) {
  LinkerdEwmaPenalty policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), seconds(20));
  const Time later = kStart + seconds(10);
  Fail(policy, policy.Pick(later), milliseconds(1), later);
  // What is left, 20000 / e, is the sample as well, and (1 - 1 / e) of it comes
  // on top: in linkerd, too, the average of the two is above both.
  EXPECT_NEAR(InMilliseconds(policy.Load(0, later)), 12008.471982, 1e-6);
}

TEST(LinkerdEwmaPenalty, AveragesASuccessBelowWhatIsLeft) {
  LinkerdEwmaPenalty policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + seconds(10);
  Succeed(policy, policy.Pick(later), milliseconds(10), later);
  // 100 / e + 10 (1 - 1 / e)
  EXPECT_NEAR(InMilliseconds(policy.Load(0, later)), 43.109150, 1e-6);
}

TEST(LinkerdEwmaPenalty, MindsATimeoutLessThanAFailure) {
  LinkerdEwmaPenalty policy(SetupOf(1));
  TimeOut(policy, policy.Pick(kStart));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Load(0, kStart)), 1000);
}

TEST(LinkerdEwmaPenalty, StaysAwayFromAServerThatFailedOnceForFortySeconds) {
  LinkerdEwmaPenalty policy(SetupOf(2));
  Fail(policy, PickOnly(policy, 0, 2));
  for (Time now = kStart; now < kStart + seconds(40); now += milliseconds(40)) {
    const Attempt attempt = policy.Pick(now);
    ASSERT_EQ(attempt.server, 1);
    Succeed(policy, attempt, milliseconds(40), now + milliseconds(40));
  }
}

}  // namespace
}  // namespace els_sim
