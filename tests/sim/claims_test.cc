// What this project claims of its policy beside the others, each on the same
// work: 20 seeds pooled.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "sim/files/catalogue.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/report.h"
#include "sim/results/sweep.h"

namespace els_sim {
namespace {

Summary Measure(std::string_view scenario_name, std::string_view policy,
                double load = 0.5) {
  Scenario scenario = *FindScenario(scenario_name);
  std::get<OpenArrivals>(scenario.arrivals).load = load;
  return Summarise(policy, RunSeeds(scenario, *FindPolicy(policy),
                                    {.first = 1, .count = 20}, 2));
}

TEST(Claims, ElsHasTheLowestMeanAndP99WhereABackendIsBad) {
  for (const std::string_view scenario : {"slow", "failing", "silent"}) {
    const Summary els = Measure(scenario, "els");
    for (const PolicyInfo& policy : Policies()) {
      if (policy.name == "els") continue;
      const Summary other = Measure(scenario, policy.name);
      EXPECT_LT(els.mean, other.mean) << scenario << ", " << policy.name;
      EXPECT_LT(els.p99, other.p99) << scenario << ", " << policy.name;
    }
  }
}

TEST(Claims, AtMostOneRequestInAHundredFailsWhereOneOfFourBackendsFails) {
  EXPECT_LE(Measure("failing", "els").error_rate, 0.01);
}

TEST(Claims, WhereAllAreEqualElsIsNotWorseThanLeastOutstanding) {
  for (const double load : {0.3, 0.5, 0.7}) {
    const Summary els = Measure("equal", "els", load);
    const Summary least = Measure("equal", "least-outstanding", load);
    EXPECT_LE(els.mean, 1.02 * least.mean) << load;
    EXPECT_LE(els.p99, 1.02 * least.p99) << load;
  }
}

}  // namespace
}  // namespace els_sim
