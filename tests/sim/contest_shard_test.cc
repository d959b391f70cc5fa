#include "sim/results/contest_shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/results/contest_page.h"
#include "sim/results/contest_report.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

ContestPlan PlanOf(std::size_t scenarios, std::size_t policies,
                   std::size_t seeds) {
  return {.scenarios = std::vector<Scenario>(scenarios),
          .policies = std::vector<const PolicyInfo*>(policies),
          .seeds = {.first = 1, .count = seeds}};
}

TEST(StretchesOf, GivesEachRunToOneShardAndAllShardsAsMany) {
  for (const auto& [scenarios, policies, seeds] :
       {std::tuple(1, 2, 1), {1, 2, 1000}, {3, 5, 7}, {43, 27, 2}}) {
    const ContestPlan plan = PlanOf(scenarios, policies, seeds);
    for (const std::size_t count : {1, 2, 3, 8, 97}) {
      std::set<std::tuple<std::size_t, std::size_t, std::size_t>> runs;
      for (std::size_t number = 1; number <= count; ++number) {
        const auto stretches = StretchesOf(plan, {number, count});
        EXPECT_GE(CountRuns(stretches), CountRuns(plan) / count);
        EXPECT_LE(CountRuns(stretches), CountRuns(plan) / count + 1);
        for (const Stretch& stretch : stretches) {
          ASSERT_LT(stretch.scenario, plan.scenarios.size());
          ASSERT_LT(stretch.policy, plan.policies.size());
          for (std::size_t i = 0; i < stretch.seeds; ++i) {
            const std::size_t seed = stretch.first_seed + i;
            ASSERT_LT(seed, plan.seeds.count);
            EXPECT_TRUE(
                runs.emplace(stretch.scenario, stretch.policy, seed).second);
          }
        }
      }
      EXPECT_EQ(runs.size(), CountRuns(plan)) << count;
    }
  }
}

TEST(StretchesOf, DividesTheSeedsOfFewPoliciesOnly) {
  const ContestPlan plan = PlanOf(43, 27, 20);
  for (std::size_t number = 1; number <= 64; ++number) {
    const auto stretches = StretchesOf(plan, {number, 64});
    EXPECT_LE(
        std::count_if(stretches.begin(), stretches.end(),
                      [](const Stretch& each) { return each.seeds < 20; }),
        2);
  }
}

TEST(StretchesOf, GivesEachShardOfEverything) {
  // 1161 pairs, 145 a shard: 3 or 4 of each scenario, 5 or 6 of each policy, if
  // they were spread evenly.
  const ContestPlan plan = PlanOf(43, 27, 20);
  for (std::size_t number = 1; number <= 8; ++number) {
    std::map<std::size_t, int> scenarios;
    std::map<std::size_t, int> policies;
    for (const Stretch& stretch : StretchesOf(plan, {number, 8})) {
      ++scenarios[stretch.scenario];
      ++policies[stretch.policy];
    }
    EXPECT_EQ(scenarios.size(), 43);
    EXPECT_EQ(policies.size(), 27);
    for (const auto& [scenario, times] : scenarios) EXPECT_LE(times, 6);
    for (const auto& [policy, times] : policies) EXPECT_LE(times, 9);
  }
}

ContestPlan CataloguePlan() {
  return {.scenarios = {*FindScenario("spotify"), *FindScenario("silent")},
          .policies = {FindPolicy("p2c"), FindPolicy("els"),
                       FindPolicy("round-robin")},
          .base = 1,
          .seeds = {.first = 3, .count = 2},
          .with_timelines = true};
}

TEST(PutTogether, MakesTheSameOfShardsInAnyOrder) {
  const Contest whole = RunContest(CataloguePlan(), 1);
  for (const std::size_t count : {2, 5, 20}) {
    std::vector<Tally> all;
    for (std::size_t number = count; number > 0; --number) {
      const auto stretches = StretchesOf(CataloguePlan(), {number, count});
      for (Tally& tally : RunStretches(CataloguePlan(), stretches, 2)) {
        all.push_back(std::move(tally));
      }
    }
    const Contest contest = PutTogether(CataloguePlan(), std::move(all));
    EXPECT_EQ(ContestJson(contest), ContestJson(whole)) << count;
    EXPECT_EQ(RenderContest(contest), RenderContest(whole)) << count;
    EXPECT_EQ(ContestPageData(contest), ContestPageData(whole)) << count;
  }
}

}  // namespace
}  // namespace els_sim
