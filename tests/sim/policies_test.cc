#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/policies/oblivious.h"
#include "sim/policies/outstanding.h"
#include "sim/policies/two_of.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

// How often each server is the first pick of a fresh policy, over seeds.
template <typename P>
std::vector<int> FirstPicks(std::size_t servers, int seeds) {
  std::vector<int> picks(servers);
  for (int seed = 1; seed <= seeds; ++seed) {
    P policy(SetupOf(servers, static_cast<std::uint64_t>(seed)));
    ++picks[policy.Pick(kStart).server];
  }
  return picks;
}

void ExpectEven(const std::vector<int>& counts, int total) {
  const double p = 1.0 / static_cast<double>(counts.size());
  for (const int count : counts) {
    EXPECT_NEAR(count, total * p, 4 * std::sqrt(total * p * (1 - p)));
  }
}

TEST(RoundRobin, TakesOneAfterTheOtherFromTheFirstInTurn) {
  PolicySetup setup = SetupOf(3);
  setup.first_in_turn = 2;
  RoundRobin policy(setup);
  for (const std::uint32_t expected : {2, 0, 1, 2, 0, 1, 2}) {
    EXPECT_EQ(policy.Pick(kStart).server, expected);
  }
}

TEST(RoundRobin, BeginsAnywhereWithEqualProbability) {
  ExpectEven(FirstPicks<RoundRobin>(4, 4000), 4000);
}

TEST(RandomChoice, TakesAllEquallyOften) {
  RandomChoice policy(SetupOf(4));
  std::vector<int> picks(4);
  for (int i = 0; i < 40'000; ++i) ++picks[policy.Pick(kStart).server];
  ExpectEven(picks, 40'000);
}

TEST(LeastOutstanding, TakesTheOneWithFewest) {
  LeastOutstanding policy(SetupOf(3));
  std::map<std::uint32_t, Attempt> attempts;
  for (int i = 0; i < 3; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    attempts[attempt.server] = attempt;
  }
  ASSERT_EQ(attempts.size(), 3);  // Each is idle when it is picked.
  Succeed(policy, attempts[1]);
  EXPECT_EQ(policy.Pick(kStart).server, 1);
  Succeed(policy, attempts[2]);
  EXPECT_EQ(policy.Pick(kStart).server, 2);
}

TEST(LeastOutstanding, BreaksTiesEvenly) {
  ExpectEven(FirstPicks<LeastOutstanding>(5, 5000), 5000);
}

TEST(TwoOf, DrawsAllOrderedPairsOfDifferentServersEquallyOften) {
  els::Random random(1);
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> pairs;
  constexpr int kDraws = 24'000;
  for (int i = 0; i < kDraws; ++i) {
    const Pair pair = TwoOf({0, 1, 2, 3}, random);
    ASSERT_NE(pair.first, pair.second);
    ++pairs[{pair.first, pair.second}];
  }
  ASSERT_EQ(pairs.size(), 12);
  std::vector<int> counts;
  for (const auto& [pair, count] : pairs) counts.push_back(count);
  ExpectEven(counts, kDraws);
}

TEST(PowerOfTwo, TakesTheLowerOfTwo) {
  PowerOfTwo policy(SetupOf(2));
  const Attempt first = policy.Pick(kStart);
  const Attempt second = policy.Pick(kStart);
  EXPECT_NE(first.server, second.server);
  Succeed(policy, first);
  EXPECT_EQ(policy.Pick(kStart).server, first.server);
}

TEST(PowerOfTwo, NeverTakesTheFullestOfAll) {
  PowerOfTwo policy(SetupOf(3));
  std::vector<int> outstanding(3);
  for (int i = 0; i < 1000; ++i) {
    const std::vector<int> before = outstanding;
    const std::uint32_t picked = policy.Pick(kStart).server;
    ++outstanding[picked];
    int fuller_or_equal = 0;
    for (const int count : before) {
      if (count >= before[picked]) ++fuller_or_equal;
    }
    ASSERT_GE(fuller_or_equal, 2) << "pick " << i;
  }
}

TEST(PowerOfTwo, BreaksTiesEvenly) {
  ExpectEven(FirstPicks<PowerOfTwo>(2, 4000), 4000);
  ExpectEven(FirstPicks<PowerOfTwo>(5, 5000), 5000);
}

// Whether one of four that fails at once, and so never has any outstanding,
// gets far more than its quarter.
template <typename P>
bool IsDrawnToWhatFailsAtOnce() {
  P policy(SetupOf(4));
  for (int i = 0; i < 30; ++i) policy.Pick(kStart, {0});
  int failed = 0;
  for (int i = 0; i < 1000; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    if (attempt.server != 0) continue;
    policy.Finish(attempt, els::Outcome::kFailure, std::chrono::milliseconds(1),
                  kStart);
    ++failed;
  }
  return failed > 400;
}

TEST(OutstandingPolicies, AreDrawnToWhatFailsAtOnce) {
  EXPECT_TRUE(IsDrawnToWhatFailsAtOnce<LeastOutstanding>());
  EXPECT_TRUE(IsDrawnToWhatFailsAtOnce<PowerOfTwo>());
}

TEST(ObliviousPolicies, GiveItsShareToWhatNeverAnswers) {
  RoundRobin in_turn(SetupOf(4));
  RandomChoice random(SetupOf(4));
  std::vector<int> picks(4);
  for (int i = 0; i < 1000; ++i) {
    for (Policy* policy :
         {static_cast<Policy*>(&in_turn), static_cast<Policy*>(&random)}) {
      const Attempt attempt = policy->Pick(kStart);
      ++picks[attempt.server];
      if (attempt.server != 0) Succeed(*policy, attempt);
    }
  }
  ExpectEven(picks, 2000);
}

TEST(PolicyOfOneServer, TakesIt) {
  for (const PolicyInfo& info : Policies()) {
    const auto policy = info.make(SetupOf(1));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(policy->Pick(kStart).server, 0);
  }
}

TEST(RoundRobin, PassesOverWhatItIsToAvoidAndGoesOnBehindIt) {
  PolicySetup setup = SetupOf(3);
  setup.first_in_turn = 0;
  RoundRobin policy(setup);
  EXPECT_EQ(policy.Pick(kStart, {0}).server, 1);
  EXPECT_EQ(policy.Pick(kStart).server, 2);
  EXPECT_EQ(policy.Pick(kStart, {0, 1}).server, 2);
  EXPECT_EQ(policy.Pick(kStart).server, 0);
}

TEST(EveryPolicy, AvoidsWhatItIsToldToAsLongAsAnythingElseIsLeft) {
  for (const PolicyInfo& info : Policies()) {
    const auto policy = info.make(SetupOf(3));
    for (int i = 0; i < 100; ++i) {
      ASSERT_NE(policy->Pick(kStart, {1}).server, 1) << info.name;
      ASSERT_EQ(policy->Pick(kStart, {0, 1}).server, 2) << info.name;
    }
    EXPECT_LT(policy->Pick(kStart, {0, 1, 2}).server, 3) << info.name;
  }
}

TEST(EveryPolicy, TakesMembersAlone) {
  for (const PolicyInfo& info : Policies()) {
    const auto policy = info.make(SetupOf(2));
    const Attempt old = policy->Pick(kStart);
    policy->SetMembers(MembersOf({2, 4}), kStart);
    std::set<std::uint32_t> picked;
    for (int i = 0; i < 100; ++i) picked.insert(policy->Pick(kStart).server);
    EXPECT_EQ(picked, (std::set<std::uint32_t>{2, 4})) << info.name;
    Succeed(*policy, old);
    policy->SetMembers(MembersOf({1}), kStart);
    EXPECT_EQ(policy->Pick(kStart).server, 1) << info.name;
  }
}

TEST(LeastOutstanding, KeepsCountOfWhatIsOutstandingAtOneThatReturns) {
  LeastOutstanding policy(SetupOf(1));
  const Attempt attempt = policy.Pick(kStart);
  policy.SetMembers(MembersOf({1}), kStart);
  policy.SetMembers(MembersOf({0, 1}), kStart);
  EXPECT_EQ(policy.Pick(kStart).server, 1);
  Succeed(policy, attempt);
  EXPECT_EQ(policy.Pick(kStart).server, 0);
}

TEST(Policies, AreFoundByTheirNames) {
  for (const PolicyInfo& info : Policies()) {
    EXPECT_EQ(FindPolicy(info.name), &info);
  }
  EXPECT_EQ(FindPolicy("no-such"), nullptr);
  EXPECT_EQ(FindPolicy(""), nullptr);
}

}  // namespace
}  // namespace els_sim
