// What els costs beside everything else, at most: the best that was reached so
// far. docs/contest.md has the same with 20 seeds at six loads, and the reasons
// for the losses.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/model/policy.h"
#include "sim/results/contest.h"

namespace els_sim {
namespace {

// Of a policy's cost to that of els.
struct Bound {
  std::string_view policy;
  double over_all;  // At least, as a geometric mean over the scenarios.
  double worst;     // At least, in any scenario.
};

// What is measured, less 1 % and 2 %. Where chance has not made the worst, it
// is the closed loop (0.75), shedding (0.84), drastic-slowdown (0.88), bursts
// (0.92), silent (0.92) and live-reload (0.95).
constexpr Bound kBounds[] = {
    {"round-robin", 2.43, 0.96},
    {"random", 2.48, 0.97},
    {"least-outstanding", 1.41, 0.96},
    {"p2c", 1.48, 0.96},
    {"peak-ewma", 1.40, 0.97},
    {"smooth-wrr", 2.41, 0.97},
    {"finagle-ewma", 1.40, 0.91},
    {"linkerd-ewma", 1.40, 0.97},
    {"linkerd-ewma-penalty", 1.13, 0.93},
    {"brpc-la", 1.31, 0.74},
    {"brpc-p2c", 1.14, 0.91},
    {"c3", 1.45, 0.81},
    {"dialogue", 1.13, 0.90},
    {"go-zero", 1.36, 0.96},
    {"kratos", 1.14, 0.81},
    {"prequal", 1.48, 0.73},
    {"envoy-least-request", 1.68, 0.96},
    // With these seeds 0.86 in drastic-slowdown, by chance: with 20 0.883.
    {"servicetalk", 1.08, 0.84},
    {"d2-relative", 2.13, 0.88},
    {"ingress-nginx-ewma", 1.77, 0.73},
    {"dubbo-shortest-response", 1.96, 0.89},
    {"traefik-least-time", 1.80, 0.89},
    {"orca-wrr", 2.43, 0.97},
    // Told all queues and speeds, but not who fails. In the burst of the
    // scenario spotify nobody else can know in time who is slow.
    {"shortest-expected-delay", 1.45, 0.45},
};

// Without a bound: a quick 404 costs little, where els alone is told of work,
// weights or limits costs compare what is told, with a limit of concurrency a
// cost is mostly refusals, with hedges a cost is mostly theirs, where servers
// tell their load costs compare what is made of it (peers_told_test.cc), one
// run of fast-or-steady has too few slow answers, and for the rest none is set.
constexpr std::string_view kNotBounded[] = {
    "capacity-halves",    "cut-answers",
    "fast-or-steady",     "told-equal",
    "told-uneven",        "few-heavy-ten",
    "few-heavy-ten-size", "few-heavy-two",
    "few-heavy-two-key",  "frozen",
    "hedged-overload",    "held-streams",
    "long-answers",       "not-found",
    "one-at-a-time",      "one-gateway",
    "one-gateway-sized",  "overload",
    "quiet-scale-out",    "sinkhole-full",
    "slower-service",     "tail-of-attempts",
    "tail-of-servers",    "ten-limits",
    "users-and-batch",    "weighted"};

std::vector<Scenario> BoundedScenarios() {
  std::vector<Scenario> scenarios = Scenarios();
  std::erase_if(scenarios, [](const Scenario& scenario) {
    return std::count(std::begin(kNotBounded), std::end(kNotBounded),
                      scenario.name) > 0;
  });
  return scenarios;
}

TEST(Losses, AreNoneOverAllAndAsFewInEachScenarioAsTheyWere) {
  ContestPlan plan = {.scenarios = BoundedScenarios(),
                      .policies = {FindPolicy("els")},
                      .base = 0,
                      .seeds = {.first = 1, .count = 1},
                      .warm_up = std::chrono::seconds(5)};
  for (const Bound& bound : kBounds) {
    plan.policies.push_back(FindPolicy(bound.policy));
    ASSERT_NE(plan.policies.back(), nullptr) << bound.policy;
  }
  const Contest contest = RunContest(std::move(plan), 2);
  for (std::size_t i = 0; i < std::size(kBounds); ++i) {
    const Bound& bound = kBounds[i];
    EXPECT_GE(contest.standings[i + 1].to_base.Ratio(), bound.over_all)
        << bound.policy;
    for (std::size_t j = 0; j < contest.entries.size(); ++j) {
      EXPECT_GE(contest.entries[j][i + 1].to_base.Ratio(), bound.worst)
          << bound.policy << " in " << contest.plan.scenarios[j].name;
    }
  }
}

TEST(Losses, AreBoundedToEveryPolicyThatAnAccessPointCouldRun) {
  for (const auto& table : {Policies(), Peers()}) {
    for (const PolicyInfo& policy : table) {
      if (policy.name == "els") continue;
      EXPECT_TRUE(std::any_of(
          std::begin(kBounds), std::end(kBounds),
          [&](const Bound& bound) { return bound.policy == policy.name; }))
          << policy.name;
    }
  }
}

}  // namespace
}  // namespace els_sim
