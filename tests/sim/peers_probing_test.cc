// Prequal and dialogue, by hand calculation, and with what is known to be wrong
// with them; and what holds for go-zero and Kratos too.

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/policies/dialogue.h"
#include "sim/policies/prequal.h"
#include "tests/sim/failing_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// What a test says is true. By server.
struct EightFacts final : Truth {
  std::array<std::size_t, 8> in_server = {};
  std::array<double, 8> slowness = {1, 1, 1, 1, 1, 1, 1, 1};
  std::set<std::uint32_t> silent = {};

  std::size_t InServer(std::uint32_t server) const override {
    return in_server[server];
  }
  double WorkLeft(std::uint32_t) const override { return 0; }
  double Slowness(std::uint32_t server) const override {
    return slowness[server];
  }
  bool Answers(std::uint32_t server) const override {
    return silent.count(server) == 0;
  }
};

PolicySetup ToldBy(const EightFacts& facts, std::size_t servers) {
  PolicySetup setup = SetupOf(servers);
  setup.truth = &facts;
  return setup;
}

TEST(Prequal, ReusesRepliesTheMoreTheFewerOfThemAreNew) {
  // 2 / ((1 - 16 / 100) 3 - 1)
  EXPECT_DOUBLE_EQ(Prequal::Reuse(100), 2 / 1.52);
  EXPECT_NEAR(Prequal::Reuse(1'000'000), 1, 1e-4);
  // From 24 on down a request brings no more than it takes away.
  EXPECT_DOUBLE_EQ(Prequal::Reuse(24), 16);
  EXPECT_DOUBLE_EQ(Prequal::Reuse(4), 16);
}

TEST(Prequal, ForgetsRepliesAfterASecond) {
  const EightFacts facts;
  Prequal policy(ToldBy(facts, 8));
  policy.Pick(kStart);
  EXPECT_EQ(policy.Pool().size(), 3U);
  policy.Pick(kStart + seconds(1));
  EXPECT_EQ(policy.Pool().size(), 3U);
  for (const Probe& probe : policy.Pool()) {
    EXPECT_EQ(probe.received, kStart + seconds(1));
  }
}

TEST(Prequal, TakesWhatItWasToldAtThePickBefore) {
  EightFacts facts;
  facts.slowness = {3, 1, 2};
  Prequal policy(ToldBy(facts, 3));
  policy.Pick(kStart);
  facts.slowness = {1, 3, 2};
  EXPECT_EQ(policy.Pick(kStart).server, 1U);
  EXPECT_EQ(policy.Pick(kStart).server, 0U);
}

TEST(Prequal, ExpectsWhatWasAnsweredAtThatLoadTimesTheSlowness) {
  EightFacts facts;
  facts.slowness = {2, 2};
  Prequal policy(ToldBy(facts, 1));
  Succeed(policy, policy.Pick(kStart), milliseconds(40));
  facts.slowness = {5, 5};
  policy.Pick(kStart);
  ASSERT_EQ(policy.Pool().size(), 1U);
  EXPECT_DOUBLE_EQ(policy.Pool()[0].latency, 100e6);  // 40 ms / 2 * 5
}

TEST(Prequal, KeepsTheRepliesOfThoseThatStayAlone) {
  const EightFacts facts;
  Prequal policy(ToldBy(facts, 3));
  policy.Pick(kStart);
  ASSERT_EQ(policy.Pool().size(), 3U);
  policy.SetMembers(MembersOf({1, 5}), kStart);
  ASSERT_EQ(policy.Pool().size(), 1U);
  EXPECT_EQ(policy.Pool()[0].server, 1U);
}

TEST(Prequal, LeavesAServerThatAnswersNoProbes) {
  EightFacts facts;
  Prequal policy(ToldBy(facts, 4));
  policy.Pick(kStart);
  facts.silent = {2};
  const Time later = kStart + seconds(1);
  policy.Pick(later);
  for (int i = 0; i < 100; ++i) ASSERT_NE(policy.Pick(later).server, 2U);
}

TEST(Prequal, SendsMostToAServerThatFailsAtOnce) {
  const EightFacts facts;
  Prequal policy(ToldBy(facts, 4));
  EXPECT_GT(SentToTheFailing(policy, 1000), 600);
}

TEST(Dialogue, CountsAFailureAsTenOutstanding) {
  Dialogue policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  EXPECT_EQ(policy.Score(0), 1);
  Fail(policy, attempts[0]);
  EXPECT_EQ(policy.Score(0), 10);
  // Server 1 has one, and gets nine more before it is as bad.
  for (int i = 0; i < 9; ++i) EXPECT_EQ(policy.Pick(kStart).server, 1U);
  EXPECT_EQ(policy.Score(1), 10);
}

TEST(Dialogue, HalvesFailuresInThirtySecondsByStepsOfThree) {
  Dialogue policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Fail(policy, attempts[0]);
  Succeed(policy, attempts[1]);
  const auto score_at = [&](Duration since) {
    Succeed(policy, policy.Pick(kStart + since), milliseconds(1),
            kStart + since);
    return policy.Score(0);
  };
  EXPECT_EQ(score_at(nanoseconds(2'999'999'999)), 10);
  EXPECT_EQ(score_at(seconds(3)), 9);   // 9.33
  EXPECT_EQ(score_at(seconds(6)), 9);   // 8.71
  EXPECT_EQ(score_at(seconds(9)), 8);   // 8.12
  EXPECT_EQ(score_at(seconds(30)), 5);  // 5.00
}

TEST(Dialogue, StaysAwayForTwoMinutesForTheSakeOfOneFailure) {
  Dialogue policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Fail(policy, attempts[0]);
  Succeed(policy, attempts[1]);
  // 10 * 2^(-43/10) = 0.508 is rounded up, 10 * 2^(-44/10) = 0.474 down.
  for (Time now = kStart; now < kStart + seconds(132); now += seconds(1)) {
    const Attempt attempt = policy.Pick(now);
    ASSERT_EQ(attempt.server, 1U);
    Succeed(policy, attempt, milliseconds(40), now);
  }
  policy.Pick(kStart + seconds(132));
  policy.Pick(kStart + seconds(132));
  EXPECT_EQ(policy.Score(0), 1);
  EXPECT_EQ(policy.Score(1), 1);
}

TEST(Dialogue, DoesNotCareHowLongAnAnswerTook) {
  Dialogue policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Succeed(policy, attempts[0], seconds(10));
  Succeed(policy, attempts[1], milliseconds(1));
  EXPECT_EQ(policy.Score(0), policy.Score(1));
}

TEST(Dialogue, ForgetsEverythingWithEachChangeOfTheSet) {
  Dialogue policy(SetupOf(2));
  const std::array<Attempt, 2> attempts = PickBoth(policy);
  Fail(policy, attempts[0]);
  policy.SetMembers(MembersOf({0, 1, 2}), kStart);
  EXPECT_EQ(policy.Score(0), 0);
  Fail(policy, attempts[1]);
  EXPECT_EQ(policy.Score(1), 0);
}

constexpr std::array<std::string_view, 4> kNames = {"prequal", "go-zero",
                                                    "kratos", "dialogue"};

std::unique_ptr<Policy> Make(std::string_view name, std::size_t servers) {
  static const EightFacts facts;
  return FindPolicy(name)->make(ToldBy(facts, servers));
}

TEST(ProbingPeers, TakeTheOnlyServer) {
  for (const std::string_view name : kNames) {
    const auto policy = Make(name, 1);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(policy->Pick(kStart).server, 0U);
  }
}

TEST(ProbingPeers, AvoidWhatTheyAreToldToAsLongAsAnythingElseIsLeft) {
  for (const std::string_view name : kNames) {
    const auto policy = Make(name, 3);
    for (int i = 0; i < 100; ++i) {
      const Time now = kStart + milliseconds(100) * i;
      ASSERT_NE(policy->Pick(now, {1}).server, 1U) << name;
      ASSERT_EQ(policy->Pick(now, {0, 1}).server, 2U) << name;
    }
    EXPECT_LT(policy->Pick(kStart + seconds(10), {0, 1, 2}).server, 3U);
  }
}

TEST(ProbingPeers, TakeMembersAloneInSmallerAndLargerSets) {
  for (const std::string_view name : kNames) {
    const auto policy = Make(name, 5);
    std::vector<Attempt> old;
    for (int i = 0; i < 20; ++i) old.push_back(policy->Pick(kStart));
    for (const auto& servers :
         std::vector<std::set<std::uint32_t>>{{1}, {0, 2, 3, 6, 7}, {2, 4}}) {
      std::vector<Member> members;
      for (const std::uint32_t server : servers) {
        members.push_back({.server = server});
      }
      policy->SetMembers(members, kStart);
      std::set<std::uint32_t> picked;
      for (int i = 0; i < 200; ++i) picked.insert(policy->Pick(kStart).server);
      EXPECT_EQ(picked, servers) << name;
      Succeed(*policy, old.back());
      old.pop_back();
    }
  }
}

TEST(ProbingPeers, AreThemselvesAgainAfterAMonth) {
  for (const std::string_view name : kNames) {
    const auto policy = Make(name, 3);
    Fail(*policy, policy->Pick(kStart), seconds(1), kStart + seconds(1));
    const Time later = kStart + std::chrono::hours(24 * 30);
    std::set<std::uint32_t> picked;
    for (int i = 0; i < 200; ++i) picked.insert(policy->Pick(later).server);
    EXPECT_EQ(picked.size(), 3U) << name;
  }
}

}  // namespace
}  // namespace els_sim
