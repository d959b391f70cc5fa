#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "sim/model/policy.h"
#include "sim/policies/static_split.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

// What a test says is true. By server.
struct Facts final : Truth {
  std::vector<std::size_t> in_server;
  std::vector<double> work_left;
  std::vector<double> slowness;

  explicit Facts(std::size_t servers)
      : in_server(servers), work_left(servers), slowness(servers, 1) {}

  std::size_t InServer(std::uint32_t server) const override {
    return in_server[server];
  }
  double WorkLeft(std::uint32_t server) const override {
    return work_left[server];
  }
  double Slowness(std::uint32_t server) const override {
    return slowness[server];
  }
};

std::unique_ptr<Policy> Make(std::string_view name, std::size_t servers,
                             const Truth* truth = nullptr) {
  PolicySetup setup = SetupOf(servers);
  setup.truth = truth;
  return FindPolicy(name)->make(setup);
}

// By server, of picks that are all outstanding.
std::vector<int> Picks(Policy& policy, std::size_t servers, int picks) {
  std::vector<int> counts(servers);
  for (int i = 0; i < picks; ++i) ++counts[policy.Pick(kStart).server];
  return counts;
}

// Whether `counts` are those of `total` draws with these probabilities: each
// within four of its standard deviations.
void ExpectShares(const std::vector<int>& counts,
                  const std::vector<double>& shares, int total) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double p = shares[i];
    EXPECT_NEAR(counts[i], total * p, 4 * std::sqrt(total * p * (1 - p)))
        << "server " << i;
  }
}

constexpr int kPicks = 12'000;

TEST(JoinIdleQueue, TakesIdleServersAloneAndEquallyOften) {
  Facts facts(4);
  facts.in_server = {0, 1, 0, 5};
  const auto policy = Make("jiq", 4, &facts);
  ExpectShares(Picks(*policy, 4, kPicks), {0.5, 0, 0.5, 0}, kPicks);
}

TEST(JoinIdleQueue, TakesAnyHoweverLongItsQueueWhereNoneIsIdle) {
  Facts facts(3);
  facts.in_server = {1, 9, 2};
  const auto policy = Make("jiq", 3, &facts);
  ExpectShares(Picks(*policy, 3, kPicks), {1. / 3, 1. / 3, 1. / 3}, kPicks);
}

TEST(JoinIdleQueue, DoesNotCountTheIdleServersItIsToAvoid) {
  Facts facts(3);
  facts.in_server = {0, 2, 7};
  const auto policy = Make("jiq", 3, &facts);
  std::set<std::uint32_t> picked;
  for (int i = 0; i < 100; ++i) {
    picked.insert(policy->Pick(kStart, {0}).server);
  }
  EXPECT_EQ(picked, (std::set<std::uint32_t>{1, 2}));
}

TEST(LeastWorkLeft, TakesTheLeastWorkAndNotTheFewestRequests) {
  Facts facts(3);
  facts.in_server = {1, 2, 3};
  facts.work_left = {30e6, 20e6, 10e6};
  const auto policy = Make("least-work-left", 3, &facts);
  EXPECT_EQ(policy->Pick(kStart).server, 2);
  facts.work_left[2] = 20.5e6;
  EXPECT_EQ(policy->Pick(kStart).server, 1);
}

TEST(LeastWorkLeft, BreaksTiesEvenly) {
  Facts facts(4);
  facts.work_left = {0, 0, 1, 0};
  const auto policy = Make("least-work-left", 4, &facts);
  ExpectShares(Picks(*policy, 4, kPicks), {1. / 3, 1. / 3, 0, 1. / 3}, kPicks);
}

TEST(ShortestExpectedDelay, CountsTheRequestItselfAndTheSlowness) {
  Facts facts(2);
  facts.slowness = {1, 10};
  const auto policy = Make("shortest-expected-delay", 2, &facts);
  facts.in_server[0] = 8;  // 9 to 10, though the other is idle.
  EXPECT_EQ(policy->Pick(kStart).server, 0);
  facts.in_server[0] = 10;  // 11 to 10.
  EXPECT_EQ(policy->Pick(kStart).server, 1);
}

TEST(ShortestExpectedDelay, BreaksTiesEvenly) {
  Facts facts(2);
  facts.slowness = {1, 10};
  facts.in_server = {9, 0};
  const auto policy = Make("shortest-expected-delay", 2, &facts);
  ExpectShares(Picks(*policy, 2, kPicks), {0.5, 0.5}, kPicks);
}

// One of two is full. It is taken if it is drawn both times, and else not.
TEST(PowerOfTwoWithReplacement, TakesTheFullerOneIfItIsDrawnTwice) {
  const auto policy = Make("p2c-replacement", 2);
  Attempt full = policy->Pick(kStart);
  std::vector<int> counts(2);
  for (int i = 0; i < kPicks; ++i) {
    const Attempt attempt = policy->Pick(kStart);
    ++counts[attempt.server == full.server ? 1 : 0];
    Succeed(*policy, attempt);
  }
  ExpectShares(counts, {0.75, 0.25}, kPicks);
}

TEST(PowerOfThree, TakesTheEmptiestOfThree) {
  const auto policy = Make("p3c", 3);
  std::set<std::uint32_t> picked;
  for (int i = 0; i < 3; ++i) picked.insert(policy->Pick(kStart).server);
  EXPECT_EQ(picked.size(), 3);
}

// One of four is full, one of the others is always among three.
TEST(PowerOfThree, DrawsNoServerTwice) {
  const auto policy = Make("p3c", 4);
  std::vector<int> outstanding(4);
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t picked = policy->Pick(kStart).server;
    int as_full = 0;
    for (const int count : outstanding) as_full += count >= outstanding[picked];
    ASSERT_GE(as_full, 3) << "pick " << i;
    ++outstanding[picked];
  }
}

TEST(StaticSplit, IsInProportionToOneOverTheDistance) {
  PolicySetup setup = SetupOf(3);
  setup.members[1].distance = 2;
  setup.members[2].distance = 4;
  StaticSplit policy(setup);
  ExpectShares(Picks(policy, 3, kPicks), {4. / 7, 2. / 7, 1. / 7}, kPicks);
}

TEST(StaticSplit, KeepsTheProportionsOfThoseThatAreLeft) {
  PolicySetup setup = SetupOf(3);
  setup.members[1].distance = 2;
  setup.members[2].distance = 4;
  StaticSplit policy(setup);
  std::vector<int> counts(3);
  for (int i = 0; i < kPicks; ++i) ++counts[policy.Pick(kStart, {0}).server];
  ExpectShares(counts, {0, 2. / 3, 1. / 3}, kPicks);
}

TEST(StaticSplit, TakesTheWeightsOfTheNewSet) {
  StaticSplit policy(SetupOf(2));
  policy.SetMembers(std::vector<Member>{{.server = 0, .distance = 3},
                                        {.server = 4, .distance = 1}},
                    kStart);
  ExpectShares(Picks(policy, 5, kPicks), {0.25, 0, 0, 0, 0.75}, kPicks);
}

TEST(EveryYardstick, AvoidsWhatItIsToldToAsLongAsAnythingElseIsLeft) {
  const Facts facts(3);
  for (const PolicyInfo& info : Yardsticks()) {
    const auto policy = Make(info.name, 3, &facts);
    for (int i = 0; i < 100; ++i) {
      ASSERT_NE(policy->Pick(kStart, {1}).server, 1) << info.name;
      ASSERT_EQ(policy->Pick(kStart, {0, 1}).server, 2) << info.name;
    }
    EXPECT_LT(policy->Pick(kStart, {0, 1, 2}).server, 3) << info.name;
  }
}

TEST(EveryYardstick, TakesMembersAlone) {
  const Facts facts(5);
  for (const PolicyInfo& info : Yardsticks()) {
    const auto policy = Make(info.name, 2, &facts);
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

TEST(Yardsticks, AreFoundByTheirNamesButAreNotAmongThePolicies) {
  for (const PolicyInfo& info : Yardsticks()) {
    EXPECT_EQ(FindPolicy(info.name), &info);
    for (const PolicyInfo& policy : Policies()) {
      EXPECT_NE(policy.name, info.name);
    }
  }
}

}  // namespace
}  // namespace els_sim
