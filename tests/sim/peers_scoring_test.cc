// ingress-nginx: its formula by hand, and what is known to be wrong with it;
// and what the scoring peers have in common.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/policies/ingress_nginx_ewma.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"
#include "tests/sim/scoring_setup.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(IngressNginxEwma, AveragesByElapsedTimeWithoutPeaks) {
  IngressNginxEwma policy(SetupOf(1));
  EXPECT_EQ(policy.Score(0, kStart).count(), 0);
  Succeed(policy, policy.Pick(kStart), milliseconds(100));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0, kStart)), 100);
  const Time later = kStart + seconds(10);
  // 100 / e
  EXPECT_NEAR(InMilliseconds(policy.Score(0, later)), 36.787944, 1e-6);
  Succeed(policy, policy.Pick(later), milliseconds(1000), later);
  // 100 / e + 1000 (1 - 1 / e)
  EXPECT_NEAR(InMilliseconds(policy.Score(0, later)), 668.908503, 1e-6);
}

TEST(IngressNginxEwma, TakesNothingFromASecondSampleInTheSameInstant) {
  IngressNginxEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), milliseconds(10));
  Succeed(policy, policy.Pick(kStart), seconds(1));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0, kStart)), 10);
}

TEST(IngressNginxEwma, KnowsTimesInWholeMilliseconds) {
  IngressNginxEwma policy(SetupOf(1));
  Succeed(policy, policy.Pick(kStart), microseconds(2900));
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0, kStart)), 2);
}

TEST(IngressNginxEwma, LearnsNothingFromTheCancelled) {
  IngressNginxEwma policy(SetupOf(1));
  policy.Finish(policy.Pick(kStart), els::Outcome::kCancelled, milliseconds(9),
                kStart);
  EXPECT_EQ(policy.Score(0, kStart).count(), 0);
}

TEST(IngressNginxEwma, TakesFailingFastForBeingFast) {
  IngressNginxEwma policy(SetupOf(2));
  Request(policy, 0, milliseconds(1), kFails);
  Request(policy, 1, milliseconds(40));
  EXPECT_EQ(PicksOfFirst(policy, 100, kStart + seconds(1)), 100);
}

TEST(IngressNginxEwma, DoesNotSeeWhatIsOutstanding) {
  IngressNginxEwma policy(SetupOf(2));
  Request(policy, 0, milliseconds(39));
  Request(policy, 1, milliseconds(40));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(policy.Pick(kStart).server, 0);
}

TEST(IngressNginxEwma, StartsAServerThatJoinsAtTheMeanOfTheMeasured) {
  IngressNginxEwma policy(SetupOf(3));
  Request(policy, 0, milliseconds(10));
  Request(policy, 1, milliseconds(40));
  const Time later = kStart + seconds(10);
  policy.SetMembers(MembersOf({0, 1, 2, 5}), later);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(5, later)), 25);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(2, later)), 0);
  policy.SetMembers(MembersOf({0}), later);
  policy.SetMembers(MembersOf({0, 1}), later);
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(1, later)), 10);
}

constexpr std::string_view kScoring[] = {
    "envoy-least-request",
    "servicetalk",
    "d2-relative",
    "ingress-nginx-ewma",
    "dubbo-shortest-response",
    "traefik-least-time",
};

std::unique_ptr<Policy> MakeNamed(std::string_view name,
                                  const PolicySetup& setup) {
  const PolicyInfo* info = FindPolicy(name);
  EXPECT_NE(info, nullptr) << name;
  return info->make(setup);
}

TEST(ScoringPeer, AvoidsWhatItIsToldToAsLongAsAnythingElseIsLeft) {
  for (const std::string_view name : kScoring) {
    for (const double distance : {1., 4.}) {
      PolicySetup setup = SetupOf(3);
      setup.members[2].distance = distance;
      const auto policy = MakeNamed(name, setup);
      for (int i = 0; i < 100; ++i) {
        ASSERT_NE(policy->Pick(kStart, {1}).server, 1) << name;
        ASSERT_EQ(policy->Pick(kStart, {0, 1}).server, 2) << name;
      }
      EXPECT_LT(policy->Pick(kStart, {0, 1, 2}).server, 3) << name;
    }
  }
}

// Ends each of `attempts`, in an outcome that goes round.
void FinishAll(Policy& policy, std::vector<Attempt>& attempts, Time now) {
  constexpr els::Outcome kOutcomes[] = {
      els::Outcome::kSuccess, els::Outcome::kFailure, els::Outcome::kTimeout,
      els::Outcome::kCancelled};
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    policy.Finish(attempts[i], kOutcomes[i % 4],
                  milliseconds(1 + static_cast<int>(i) % 50), now);
  }
  attempts.clear();
}

TEST(ScoringPeer, TakesMembersAloneHoweverTheSetChanges) {
  const std::vector<Member> sets[] = {
      MembersOf({2, 4}),       MembersOf({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}),
      MembersOf({7}),          MembersOf({9, 0}),
      MembersOf({3, 2, 1, 0}),
  };
  for (const std::string_view name : kScoring) {
    const auto policy = MakeNamed(name, SetupOf(2));
    std::vector<Attempt> attempts = {policy->Pick(kStart)};
    Time now = kStart;
    for (const std::vector<Member>& members : sets) {
      policy->SetMembers(members, now);
      std::set<std::uint32_t> allowed;
      for (const Member& member : members) allowed.insert(member.server);
      std::vector<Attempt> later;
      for (int i = 0; i < 300; ++i) {
        now += milliseconds(20);
        later.push_back(policy->Pick(now));
        ASSERT_EQ(allowed.count(later.back().server), 1) << name;
      }
      // Those of the earlier set finish in this one.
      FinishAll(*policy, attempts, now);
      attempts = later;
    }
    policy->SetMembers(MembersOf({1}), now + std::chrono::hours(30 * 24));
    EXPECT_EQ(policy->Pick(now + std::chrono::hours(30 * 24)).server, 1)
        << name;
    FinishAll(*policy, attempts, now + std::chrono::hours(30 * 24));
  }
}

TEST(ScoringPeer, RepeatsItsPicksFromItsSeed) {
  for (const std::string_view name : kScoring) {
    const auto a = MakeNamed(name, SetupOf(4, 7));
    const auto b = MakeNamed(name, SetupOf(4, 7));
    for (int i = 0; i < 100; ++i) {
      const Time now = kStart + i * milliseconds(100);
      const Attempt of_a = a->Pick(now);
      const Attempt of_b = b->Pick(now);
      ASSERT_EQ(of_a.server, of_b.server) << name;
      Succeed(*a, of_a, milliseconds(40), now);
      Succeed(*b, of_b, milliseconds(40), now);
    }
  }
}

}  // namespace
}  // namespace els_sim
