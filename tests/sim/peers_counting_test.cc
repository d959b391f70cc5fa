// nginx's balancer and C3: their formulas by hand, and what is known to be
// wrong with each. And what all peers have in common.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include "sim/policies/c3.h"
#include "sim/policies/smooth_weighted_round_robin.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What a test says is true. By server.
struct Facts final : Truth {
  std::vector<std::size_t> in_server;
  std::vector<double> slowness;

  explicit Facts(std::size_t servers)
      : in_server(servers), slowness(servers, 1) {}

  std::size_t InServer(std::uint32_t server) const override {
    return in_server[server];
  }
  double WorkLeft(std::uint32_t) const override { return 0; }
  double Slowness(std::uint32_t server) const override {
    return slowness[server];
  }
};

PolicySetup SetupWith(const Truth& truth, std::size_t servers) {
  PolicySetup setup = SetupOf(servers);
  setup.truth = &truth;
  return setup;
}

std::vector<std::uint32_t> Picks(Policy& policy, int picks) {
  std::vector<std::uint32_t> servers;
  for (int i = 0; i < picks; ++i) {
    servers.push_back(policy.Pick(kStart).server);
  }
  return servers;
}

// Gains, from (0, 0, 0) on: 4 1 1 takes 0, 2 2 2 takes 0, 0 3 3 takes 1,
// 4 -2 4 takes 0, 2 -1 5 takes 2, 6 0 0 takes 0 and leaves (0, 0, 0).
TEST(SmoothWeightedRoundRobin, SetsTheTurnsOfAHeavyServerApart) {
  PolicySetup setup = SetupOf(3);
  setup.members[0].distance = 0.25;
  SmoothWeightedRoundRobin policy(setup);
  EXPECT_EQ(Picks(policy, 12), (std::vector<std::uint32_t>{0, 0, 1, 0, 2, 0,  //
                                                           0, 0, 1, 0, 2, 0}));
}

TEST(SmoothWeightedRoundRobin, BeginsAtTheSameServerInEveryAccessPoint) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SmoothWeightedRoundRobin policy(SetupOf(4, seed));
    EXPECT_EQ(Picks(policy, 4), (std::vector<std::uint32_t>{0, 1, 2, 3}));
  }
}

TEST(SmoothWeightedRoundRobin, BeginsWhereTheSetupSaysAndAgainWithANewSet) {
  PolicySetup setup = SetupOf(3);
  setup.first_in_turn = 2;
  SmoothWeightedRoundRobin policy(setup);
  EXPECT_EQ(Picks(policy, 4), (std::vector<std::uint32_t>{2, 0, 1, 2}));
  policy.SetMembers(MembersOf({0, 1, 2, 3}), kStart);
  EXPECT_EQ(Picks(policy, 4), (std::vector<std::uint32_t>{2, 3, 0, 1}));
}

TEST(SmoothWeightedRoundRobin, IsBlindToFailures) {
  SmoothWeightedRoundRobin policy(SetupOf(3));
  int failed = 0;
  for (int i = 0; i < 300; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    if (attempt.server != 0) continue;
    Fail(policy, attempt);
    ++failed;
  }
  EXPECT_EQ(failed, 100);
}

TEST(C3, CubesTheQueueAndCountsItsOwnForAllAccessPoints) {
  Facts facts(1);
  facts.slowness = {2};
  facts.in_server = {3};
  PolicySetup setup = SetupWith(facts, 1);
  setup.access_points = 20;
  C3 policy(setup);
  Succeed(policy, policy.Pick(kStart), milliseconds(80));
  // R = s = 80 and q = 1 + 3: 80 - 80 + 4^3 80.
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0)), 5120);
  policy.Pick(kStart);
  // q = 1 + 20 + 3: 24^3 80.
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0)), 1'105'920);
}

TEST(C3, AveragesWithNineTenthsOnTheNewest) {
  Facts facts(1);
  facts.slowness = {2};
  facts.in_server = {3};
  C3 policy(SetupWith(facts, 1));
  Succeed(policy, policy.Pick(kStart), milliseconds(80));
  facts.slowness = {1};
  facts.in_server = {0};
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  // R = s = 44 and q = 1.3: 1.3^3 44.
  EXPECT_NEAR(InMilliseconds(policy.Score(0)), 96.668, 1e-9);
  TimeOut(policy, policy.Pick(kStart));
  // R = 0.9 1000 + 0.1 44 = 904.4, and no news of the rest.
  EXPECT_NEAR(InMilliseconds(policy.Score(0)), 904.4 - 44 + 96.668, 1e-9);
}

TEST(C3, StartsAnewWithAServerThatReturns) {
  Facts facts(2);
  facts.in_server = {7, 0};
  C3 policy(SetupWith(facts, 1));
  Succeed(policy, policy.Pick(kStart));
  policy.SetMembers(MembersOf({1}), kStart);
  policy.SetMembers(MembersOf({0, 1}), kStart);
  EXPECT_EQ(policy.Score(0), Duration::zero());
  facts.in_server = {1, 0};
  facts.slowness = {2, 1};
  Succeed(policy, PickOnly(policy, 0, 2));
  // The mean of 40 and 40 / 2 is 30, so s = 60; R = 40 and q = 1 + 1.
  EXPECT_DOUBLE_EQ(InMilliseconds(policy.Score(0)), 460);
}

TEST(C3, SendsEverythingToAServerThatHasNotAnsweredYet) {
  const Facts facts(2);
  C3 policy(SetupWith(facts, 1));
  Succeed(policy, policy.Pick(kStart));
  policy.SetMembers(MembersOf({0, 1}), kStart);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(policy.Pick(kStart).server, 1);
}

TEST(C3, SendsEverythingToAServerThatFailsAtOnce) {
  const Facts facts(3);
  C3 policy(SetupWith(facts, 3));
  for (const std::uint32_t server : {0U, 1U, 2U}) {
    const Attempt attempt = PickOnly(policy, server, 3);
    if (server == 2) {
      Fail(policy, attempt);
    } else {
      Succeed(policy, attempt);
    }
  }
  for (int i = 0; i < 1000; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    ASSERT_EQ(attempt.server, 2);
    Fail(policy, attempt);
  }
}

TEST(C3, NeverLearnsThatAServerIsWellAgain) {
  const Facts facts(2);
  C3 policy(SetupWith(facts, 2));
  Succeed(policy, PickOnly(policy, 0, 2), milliseconds(400));
  Succeed(policy, PickOnly(policy, 1, 2), milliseconds(40));
  for (Time now = kStart; now < kStart + hours(1); now += seconds(1)) {
    const Attempt attempt = policy.Pick(now);
    ASSERT_EQ(attempt.server, 1);
    Succeed(policy, attempt, milliseconds(40), now);
  }
}

TEST(EveryPeer, AvoidsWhatItIsToldToAsLongAsAnythingElseIsLeft) {
  const Facts facts(3);
  for (const PolicyInfo& info : Peers()) {
    const auto policy = info.make(SetupWith(facts, 3));
    for (int i = 0; i < 100; ++i) {
      ASSERT_NE(policy->Pick(kStart, {1}).server, 1) << info.name;
      ASSERT_EQ(policy->Pick(kStart, {0, 1}).server, 2) << info.name;
    }
    EXPECT_LT(policy->Pick(kStart, {0, 1, 2}).server, 3) << info.name;
  }
}

TEST(EveryPeer, TakesMembersAlone) {
  const Facts facts(8);
  for (const PolicyInfo& info : Peers()) {
    const auto policy = info.make(SetupWith(facts, 2));
    const Attempt old = policy->Pick(kStart);
    for (const std::set<std::uint32_t>& set :
         {std::set<std::uint32_t>{2, 4}, {0, 2, 4, 7}, {4, 5}}) {
      std::vector<Member> members;
      for (const std::uint32_t server : set) {
        members.push_back({.server = server});
      }
      policy->SetMembers(members, kStart);
      std::set<std::uint32_t> picked;
      for (int i = 0; i < 200; ++i) picked.insert(policy->Pick(kStart).server);
      EXPECT_EQ(picked, set) << info.name;
    }
    Succeed(*policy, old);
    policy->SetMembers(MembersOf({1}), kStart);
    EXPECT_EQ(policy->Pick(kStart).server, 1) << info.name;
  }
}

TEST(EveryPeer, TakesTheOnlyServerHoweverItDoes) {
  const Facts facts(1);
  for (const PolicyInfo& info : Peers()) {
    const auto policy = info.make(SetupWith(facts, 1));
    Time now = kStart;
    for (int i = 0; i < 300; ++i) {
      const Attempt attempt = policy->Pick(now);
      ASSERT_EQ(attempt.server, 0) << info.name;
      now += milliseconds(1);
      if (i % 3 == 0) Fail(*policy, attempt, milliseconds(1), now);
      if (i % 3 == 1) Succeed(*policy, attempt, milliseconds(1), now);
    }
  }
}

TEST(EveryPeer, WorksStillAfterThirtyDaysOfSilence) {
  const Facts facts(3);
  for (const PolicyInfo& info : Peers()) {
    const auto policy = info.make(SetupWith(facts, 3));
    Succeed(*policy, policy->Pick(kStart), milliseconds(40),
            kStart + milliseconds(40));
    policy->Pick(kStart + milliseconds(40));  // Never answered.
    const Time later = kStart + hours(30 * 24);
    for (int i = 0; i < 100; ++i) {
      const Attempt attempt = policy->Pick(later);
      ASSERT_LT(attempt.server, 3) << info.name;
      Succeed(*policy, attempt, milliseconds(40), later + milliseconds(40));
    }
  }
}

TEST(EveryPeer, IsFoundByItsNameButIsNotAmongThePolicies) {
  for (const PolicyInfo& info : Peers()) {
    EXPECT_EQ(FindPolicy(info.name), &info);
    for (const PolicyInfo& policy : Policies()) {
      EXPECT_NE(policy.name, info.name);
    }
  }
}

}  // namespace
}  // namespace els_sim
