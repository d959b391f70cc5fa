// Envoy, Dubbo and Traefik, which choose the least of all: their formulas by
// hand, and what is known to be wrong with each.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/policies/dubbo_shortest_response.h"
#include "sim/policies/envoy_least_request.h"
#include "sim/policies/traefik_least_time.h"
#include "tests/sim/policy_setup.h"
#include "tests/sim/scoring_setup.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(EnvoyLeastRequest, MayCompareAServerWithItself) {
  EnvoyLeastRequest policy(SetupOf(2));
  for (int i = 0; i < 100; ++i) PickAt(policy, 0);
  // Both draws are the full one: 1/4, within four standard deviations.
  EXPECT_NEAR(PicksOfFirst(policy, 12'000), 3000,
              4 * std::sqrt(12'000 * 3. / 16));
}

TEST(EnvoyLeastRequest, GivesEachItsWeightOverItsOutstandingAndOne) {
  EnvoyLeastRequest policy(FarSecond());
  EXPECT_NEAR(PicksOfFirst(policy, 3000), 2000, 2);
  // 1 / (3 + 1) against 1/2 / (0 + 1): a third.
  for (int i = 0; i < 3; ++i) PickAt(policy, 0);
  EXPECT_NEAR(PicksOfFirst(policy, 3000), 1000, 4);
}

TEST(EnvoyLeastRequest, BeginsAnywhereWithinTheFirstRound) {
  constexpr int kSeeds = 4000;
  int far = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    PolicySetup setup = FarSecond();
    setup.random = els::Random(seed);
    EnvoyLeastRequest policy(setup);
    if (policy.Pick(kStart).server == 1) ++far;
  }
  // Uniform in [0, 2) is below uniform in [0, 1) once in four.
  EXPECT_NEAR(far, kSeeds / 4., 4 * std::sqrt(kSeeds * 3. / 16));
}

TEST(EnvoyLeastRequest, LetsAnIdleServerWaitForWhatWasOutstandingAtItsPick) {
  EnvoyLeastRequest policy(FarSecond());
  std::vector<Attempt> attempts;
  for (int i = 0; i < 9; ++i) attempts.push_back(PickAt(policy, 0));
  for (const Attempt& attempt : attempts) Succeed(policy, attempt);
  // The near one is due 9 after its last pick, the far one at once and then
  // every 2.
  for (int i = 0; i < 5; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    EXPECT_EQ(attempt.server, 1);
    Succeed(policy, attempt);
  }
  EXPECT_EQ(policy.Pick(kStart).server, 0);
}

TEST(EnvoyLeastRequest, IsDrawnToWhatFailsAtOnce) {
  // Each keeps one outstanding, but for the one that has failed it already.
  EnvoyLeastRequest policy(SetupOf(3));
  PickAt(policy, 1);
  PickAt(policy, 2);
  // All but two draws of the others: 1 - (2/3)^2 = 5/9.
  EXPECT_NEAR(PicksOfFirst(policy, 9000), 5000, 4 * std::sqrt(9000 * 20. / 81));
}

TEST(DubboShortestResponse, TakesTheWholeMeanOfSuccessesTimesActiveAndOne) {
  DubboShortestResponse policy(SetupOf(2));
  Request(policy, 0, milliseconds(40));
  Request(policy, 0, milliseconds(41));
  EXPECT_EQ(policy.EstimatedResponse(0), 40);
  PickAt(policy, 0);
  EXPECT_EQ(policy.EstimatedResponse(0), 80);
  Request(policy, 0, milliseconds(1), kFails);
  EXPECT_EQ(policy.EstimatedResponse(0), 80);
}

TEST(DubboShortestResponse, ForgetsAllWhenAPickFindsThirtySecondsOver) {
  DubboShortestResponse policy(SetupOf(2));
  Request(policy, 0, milliseconds(40));
  Request(policy, 1, milliseconds(50));
  EXPECT_EQ(policy.Pick(kStart + seconds(30)).server, 0);
  EXPECT_EQ(policy.EstimatedResponse(0), 80);
  const Time later = kStart + seconds(30) + milliseconds(1);
  EXPECT_EQ(policy.Pick(later).server, 1);  // By 50 against 80.
  EXPECT_EQ(policy.EstimatedResponse(0), 0);
  EXPECT_EQ(policy.EstimatedResponse(1), 0);
  // And again no earlier than after another thirty.
  Request(policy, 1, milliseconds(50), els::Outcome::kSuccess, later);
  policy.Pick(later + seconds(30));
  EXPECT_EQ(policy.EstimatedResponse(1), 100);
}

TEST(DubboShortestResponse, BreaksTiesByWeight) {
  DubboShortestResponse policy(FarSecond());
  EXPECT_NEAR(PicksOfFirst(policy, 9000), 6000, 4 * std::sqrt(9000 * 2. / 9));
}

TEST(DubboShortestResponse, GivesAllToWhatNeverSucceeds) {
  DubboShortestResponse policy(SetupOf(2));
  Request(policy, 1, milliseconds(1));
  for (int i = 0; i < 100; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    ASSERT_EQ(attempt.server, 0);
    // Half of them fail, the others are never answered.
    if (i % 2 == 0) policy.Finish(attempt, kFails, milliseconds(1), kStart);
  }
}

TEST(TraefikLeastTime, TakesTheMeanTimesInFlightAndOneOverTheWeight) {
  TraefikLeastTime policy(FarSecond());
  Request(policy, 1, milliseconds(10));
  Request(policy, 1, milliseconds(20), kFails);
  EXPECT_DOUBLE_EQ(policy.Score(1), 15 * 2);
  PickAt(policy, 1);
  EXPECT_DOUBLE_EQ(policy.Score(1), 15 * 2 * 2);
}

TEST(TraefikLeastTime, KnowsTheLastHundredAnswers) {
  TraefikLeastTime policy(SetupOf(1));
  for (int i = 0; i < 100; ++i) Request(policy, 0, milliseconds(10));
  for (int i = 0; i < 50; ++i) Request(policy, 0, milliseconds(30));
  EXPECT_DOUBLE_EQ(policy.Score(0), 20);
}

TEST(TraefikLeastTime, TakesTheTimeOfAFirstByteAndCountsUntilTheEnd) {
  TraefikLeastTime policy(SetupOf(1));
  Attempt attempt = policy.Pick(kStart);
  policy.Answered(attempt, milliseconds(40), kStart);
  EXPECT_DOUBLE_EQ(policy.Score(0), 40 * 2);
  attempt.begun = true;
  Succeed(policy, attempt, seconds(9));
  EXPECT_DOUBLE_EQ(policy.Score(0), 40);
}

TEST(TraefikLeastTime, GivesAllToWhatHasNeverAnswered) {
  TraefikLeastTime policy(SetupOf(2));
  Request(policy, 1, milliseconds(1));
  for (int i = 0; i < 100; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    ASSERT_EQ(attempt.server, 0);
    policy.Finish(attempt, els::Outcome::kTimeout, seconds(1), kStart);
  }
}

TEST(TraefikLeastTime, GivesAllToWhatAnswersWithinAMillisecond) {
  TraefikLeastTime policy(SetupOf(2));
  Request(policy, 0, microseconds(900));
  Request(policy, 1, milliseconds(1));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(policy.Pick(kStart).server, 0);
}

TEST(TraefikLeastTime, BeginsInStepWithTheOthers) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    TraefikLeastTime policy(SetupOf(3, seed));
    // Deadlines 1, 2 and 3, and the first of equals.
    for (const std::uint32_t expected : {0U, 0U, 1U, 0U, 1U, 2U}) {
      EXPECT_EQ(policy.Pick(kStart).server, expected);
    }
  }
}

TEST(TraefikLeastTime, ForgetsAllWhenTheSetChanges) {
  TraefikLeastTime policy(SetupOf(2));
  const Attempt late = PickAt(policy, 0);
  Request(policy, 0, milliseconds(40));
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  EXPECT_DOUBLE_EQ(policy.Score(0), 0);
  Succeed(policy, late, milliseconds(90));
  Request(policy, 0, milliseconds(40));
  EXPECT_DOUBLE_EQ(policy.Score(0), 40);
}

}  // namespace
}  // namespace els_sim
