// The policies that learn from latencies and outcomes.

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "sim/policies/expected_latency.h"
#include "sim/policies/peak_ewma.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(PeakEwma, StartsAtThirtyMillisecondsTimesOutstandingAndTheNext) {
  PeakEwma policy(SetupOf(2));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(0, kStart)), 30);
  const Attempt attempt = policy.Pick(kStart);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(attempt.server, kStart)), 60);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(1 - attempt.server, kStart)), 30);
}

TEST(PeakEwma, JumpsToAPeakAndDecaysByEInTenSeconds) {
  PeakEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(0, kStart)), 100);
  // 100 / e
  EXPECT_NEAR(InMilliseconds(policy.Cost(0, kStart + seconds(10))), 36.787944,
              1e-6);
  // Reading it has changed nothing: 100 / e^2.
  EXPECT_NEAR(InMilliseconds(policy.Cost(0, kStart + seconds(20))), 13.533528,
              1e-6);
}

TEST(PeakEwma, AveragesWhatIsBelowTheDecayedPeak) {
  PeakEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + seconds(10);
  Succeed(policy, policy.Pick(later), milliseconds(10), later);
  // 100 / e + 10 (1 - 1 / e)
  EXPECT_NEAR(InMilliseconds(policy.Cost(0, later)), 43.109150, 1e-6);
}

TEST(PeakEwma, JumpsToWhatIsAboveTheDecayedPeakThoughBelowTheOldOne) {
  PeakEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + seconds(10);
  Succeed(policy, policy.Pick(later), milliseconds(50), later);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(0, later)), 50);
}

TEST(PeakEwma, TakesAQuickFailureForAQuickAnswer) {
  PeakEwma policy(SetupOf(2));
  const Time later = kStart + seconds(10);
  const Attempt failing = policy.Pick(later);
  policy.Finish(failing, els::Outcome::kFailure, milliseconds(1), later);
  // 30 / e + 1 (1 - 1 / e), against 30 / e of the untouched one, times two for
  // what is outstanding there.
  EXPECT_NEAR(InMilliseconds(policy.Cost(failing.server, later)), 11.668504,
              1e-6);
  const Attempt other = policy.Pick(later);
  EXPECT_NE(other.server, failing.server);
  EXPECT_EQ(policy.Pick(later).server, failing.server);
}

TEST(PeakEwma, BeginsAnewWithAServerThatJoins) {
  PeakEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  const Time later = kStart + seconds(10);
  policy.SetMembers(MembersOf({0, 1}), later);
  EXPECT_NEAR(InMilliseconds(policy.Cost(0, later)), 36.787944, 1e-6);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Cost(1, later)), 30);
}

TEST(ExpectedLatency, PrefersTheNearUnlessItIsToAvoidIt) {
  PolicySetup setup = SetupOf(2);
  setup.members[1].distance = 2.5;
  ExpectedLatency policy(setup);
  EXPECT_EQ(policy.Pick(kStart).server, 0);
  EXPECT_EQ(policy.Pick(kStart, {0}).server, 1);
}

TEST(ExpectedLatency, LeavesAServerThatFailsAtOnce) {
  ExpectedLatency policy(SetupOf(4));
  Time now = kStart;
  int failed = 0;
  for (int i = 0; i < 400; ++i) {
    const Attempt attempt = policy.Pick(now);
    const bool fails = attempt.server == 0;
    const Duration latency = fails ? milliseconds(1) : milliseconds(40);
    now += latency;
    policy.Finish(attempt,
                  fails ? els::Outcome::kFailure : els::Outcome::kSuccess,
                  latency, now);
    if (fails) ++failed;
  }
  EXPECT_LT(failed, 40);  // A fair share would be 100.
}

TEST(ExpectedLatency, FinishesTheAttemptItIsTold) {
  ExpectedLatency policy(SetupOf(2));
  std::vector<Attempt> attempts;
  for (int i = 0; i < 8; ++i) attempts.push_back(policy.Pick(kStart));
  std::vector<int> outstanding(2);
  for (const Attempt& attempt : attempts) ++outstanding[attempt.server];
  EXPECT_EQ(outstanding, (std::vector<int>{4, 4}));
  // One server answers everything at once, the other nothing.
  const Time now = kStart + milliseconds(40);
  for (const Attempt& attempt : attempts) {
    if (attempt.server == 1) Succeed(policy, attempt, milliseconds(40), now);
  }
  EXPECT_EQ(policy.Pick(now).server, 1);
  EXPECT_EQ(policy.Pick(now).server, 1);
}

TEST(ExpectedLatency, HoldsNoMoreTicketsThanHaveBeenOutstandingAtOnce) {
  ExpectedLatency policy(SetupOf(2));
  const Attempt kept = policy.Pick(kStart);
  for (int i = 0; i < 100; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    ASSERT_NE(attempt.token, kept.token);
    ASSERT_LT(attempt.token, 2U);
    Succeed(policy, attempt);
  }
}

}  // namespace
}  // namespace els_sim
