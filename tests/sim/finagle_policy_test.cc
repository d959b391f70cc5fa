// Finagle's peak EWMA: its formula by hand, and what is known to be wrong with
// it.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "sim/policies/finagle_ewma.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(FinagleEwma, TakesTheUnknownForTheBestIfIdleAndTheWorstIfBusy) {
  FinagleEwma policy(SetupOf(2));
  EXPECT_EQ(policy.ReadLoad(0, kStart), nanoseconds(0));
  PickOnly(policy, 0, 2);
  EXPECT_EQ(policy.ReadLoad(0, kStart), nanoseconds((std::int64_t{1} << 47)));
  PickOnly(policy, 0, 2);
  EXPECT_EQ(policy.ReadLoad(0, kStart),
            nanoseconds((std::int64_t{1} << 47) + 1));
  // So all else goes to the other once that has answered.
  Succeed(policy, PickOnly(policy, 1, 2), seconds(1));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(policy.Pick(kStart).server, 1);
}

TEST(FinagleEwma, WeighsTheLatencyTimesOutstandingAndTheNext) {
  FinagleEwma policy(SetupOf(1));
  const Attempt first = policy.Pick(kStart);
  policy.Pick(kStart);
  Succeed(policy, first, milliseconds(100));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.ReadLoad(0, kStart)), 200);
  // 200 / e
  EXPECT_NEAR(InMilliseconds(policy.ReadLoad(0, kStart + seconds(10))),
              73.575888, 1e-6);
}

TEST(FinagleEwma, JumpsToAPeakAndAveragesWhatIsBelow) {
  FinagleEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(10));
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.ReadLoad(0, kStart)), 100);
  const Time later = kStart + seconds(10);
  // Nothing reads it meanwhile: 100 / e + 10 (1 - 1 / e).
  policy.Finish(Attempt{.server = 0}, els::Outcome::kSuccess, milliseconds(10),
                later);
  policy.Pick(later);
  EXPECT_NEAR(InMilliseconds(policy.ReadLoad(0, later)), 43.109150, 1e-6);
}

// A second of latency, and then 10 ms a hundred times a second.
TEST(FinagleEwma, HoldsOneOutlierAgainstAServerForTensOfSeconds) {
  FinagleEwma policy(SetupOf(1));
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

TEST(FinagleEwma, SendsEverythingToAServerThatFailsAtOnce) {
  FinagleEwma policy(SetupOf(2));
  Fail(policy, PickOnly(policy, 0, 2));
  Succeed(policy, PickOnly(policy, 1, 2));
  for (int i = 0; i < 100; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    ASSERT_EQ(attempt.server, 0);
    Fail(policy, attempt);
  }
}

TEST(FinagleEwma, StartsAnewWithAServerThatReturns) {
  FinagleEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), seconds(1));
  const Time later = kStart + hours(1);
  policy.SetMembers(MembersOf({1}), later);
  policy.SetMembers(MembersOf({0, 1}), later);
  EXPECT_EQ(policy.ReadLoad(0, later), nanoseconds(0));
}

}  // namespace
}  // namespace els_sim
