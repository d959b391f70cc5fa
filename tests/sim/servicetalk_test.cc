// Apple's ServiceTalk: its score by hand, and what is known to be wrong with
// it.

#include "sim/policies/servicetalk.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/sim/policy_setup.h"
#include "tests/sim/scoring_setup.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ServiceTalk, HalvesInTenSecondsAndRoundsUpToMilliseconds) {
  ServiceTalk policy(SetupOf(1));
  policy.Finish(policy.Pick(kStart), els::Outcome::kSuccess, milliseconds(101),
                kStart);
  EXPECT_EQ(policy.Cost(0, kStart), 101);
  EXPECT_EQ(policy.Cost(0, kStart + seconds(5)), 72);   // 71.42
  EXPECT_EQ(policy.Cost(0, kStart + seconds(10)), 51);  // 50.5
  EXPECT_EQ(policy.Cost(0, kStart + seconds(20)), 26);  // 25.25
}

TEST(ServiceTalk, AveragesWhatIsBelowThePeak) {
  ServiceTalk policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(101));
  const Time later = kStart + seconds(10);
  Succeed(policy, policy.Pick(later), milliseconds(10), later);
  EXPECT_EQ(policy.Cost(0, later), 56);  // (101 + 10) / 2 = 55.5
  Succeed(policy, policy.Pick(later), milliseconds(60), later);
  EXPECT_EQ(policy.Cost(0, later), 60);  // A peak.
}

TEST(ServiceTalk, ComparesAPeakWithTheAverageBeforeItsDecay) {
  ServiceTalk policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(101));
  const Time later = kStart + seconds(10);
  Succeed(policy, policy.Pick(later), milliseconds(60), later);
  EXPECT_EQ(policy.Cost(0, later), 81);  // (101 + 60) / 2 = 80.5
}

TEST(ServiceTalk, CountsTheOutstandingAndTheAgeOfTheirFirst) {
  ServiceTalk policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  policy.Pick(kStart);
  policy.Pick(kStart + milliseconds(5));
  EXPECT_EQ(policy.Cost(0, kStart + milliseconds(10)), 40 * 3);
  EXPECT_EQ(policy.Cost(0, kStart + milliseconds(300)), 300 * 3);
}

TEST(ServiceTalk, ForgetsTheAgeOfTheSilentOnceAnythingFinishes) {
  ServiceTalk policy(SetupOf(1));
  policy.Pick(kStart);
  const Attempt answered = policy.Pick(kStart);
  const Time now = kStart + seconds(1);
  Succeed(policy, answered, milliseconds(10), now);
  EXPECT_EQ(policy.Cost(0, now), 10 * 2);
}

TEST(ServiceTalk, TakesTheUnknownForTheBestIfIdleAndTheWorstIfBusy) {
  ServiceTalk policy(SetupOf(2));
  Request(policy, 0, milliseconds(1));
  EXPECT_EQ(policy.Cost(1, kStart), 0);
  EXPECT_EQ(policy.Pick(kStart).server, 1);
  EXPECT_EQ(policy.Cost(1, kStart), ServiceTalk::kWorst);
  // So does one that answers within a millisecond.
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  Request(policy, 2, microseconds(900));
  EXPECT_EQ(policy.Cost(2, kStart), 0);
  PickAt(policy, 2);
  EXPECT_EQ(policy.Cost(2, kStart), ServiceTalk::kWorst);
}

TEST(ServiceTalk, PunishesWhatIsCancelledByFive) {
  ServiceTalk policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(20));
  policy.Finish(policy.Pick(kStart), els::Outcome::kCancelled, milliseconds(2),
                kStart);
  EXPECT_EQ(policy.Cost(0, kStart), 100);
}

TEST(ServiceTalk, MultipliesPenaltiesUntilItTakesMinutesToComeBack) {
  ServiceTalk policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(20));
  for (std::int64_t cost = 200; cost <= 2'000'000'000; cost *= 10) {
    policy.Finish(policy.Pick(kStart), kFails, milliseconds(1), kStart);
    ASSERT_EQ(policy.Cost(0, kStart), cost);
  }
  policy.Finish(policy.Pick(kStart), kFails, milliseconds(1), kStart);
  EXPECT_EQ(policy.Cost(0, kStart), ServiceTalk::kWorst);
  // 26 half-lives: (2^31 - 1) / 2^26.
  EXPECT_EQ(policy.Cost(0, kStart + seconds(260)), 32);
  EXPECT_EQ(policy.Cost(0, kStart + std::chrono::hours(30 * 24)), 0);
}

}  // namespace
}  // namespace els_sim
