#include "sim/results/sweep.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/results/compare.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

TEST(Compare, PrintsTheSameBytesForTheSameSeed) {
  const Scenario scenario = *FindScenario("failing");
  const Seeds seeds = {.first = 5, .count = 3};
  EXPECT_EQ(Compare(scenario, AllPolicies(), seeds, 1),
            Compare(scenario, AllPolicies(), seeds, 1));
}

TEST(Compare, PrintsTheSameBytesWithAnyNumberOfThreads) {
  const Scenario scenario = *FindScenario("silent");
  const Seeds seeds = {.first = 1, .count = 5};
  int runs = 0;
  const std::string expected = Compare(scenario, AllPolicies(), seeds, 1);
  EXPECT_EQ(Compare(scenario, AllPolicies(), seeds, 2, [&] { ++runs; }),
            expected);
  EXPECT_EQ(runs, 5 * static_cast<int>(Policies().size()));
  EXPECT_EQ(Compare(scenario, AllPolicies(), seeds, 7), expected);
}

TEST(Compare, DiffersBetweenSeeds) {
  const Scenario scenario = *FindScenario("equal");
  const std::vector<const PolicyInfo*> policies = {&Named("random")};
  const std::string one = Compare(scenario, policies, {1, 1}, 1);
  const std::string two = Compare(scenario, policies, {2, 1}, 1);
  EXPECT_NE(one.substr(one.find("random")), two.substr(two.find("random")));
}

TEST(RunSeeds, TakesTheSeedsInTheirOrderUpToTheLastThereIs) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  const Scenario scenario = *FindScenario("equal");
  const auto results =
      RunSeeds(scenario, Named("random"), {.first = kLast - 1, .count = 2}, 2);
  ASSERT_EQ(results.size(), 2);
  EXPECT_EQ(results[0].costs,
            Simulate(scenario, Named("random"), kLast - 1).costs);
  EXPECT_EQ(results[1].costs, Simulate(scenario, Named("random"), kLast).costs);
}

}  // namespace
}  // namespace els_sim
