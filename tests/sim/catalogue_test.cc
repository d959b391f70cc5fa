#include "sim/files/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/files/catalogue_files.h"
#include "sim/files/offered.h"
#include "sim/files/scenario_file.h"

namespace els_sim {
namespace {

absl::StatusOr<std::string> Content(const std::string& name) {
  for (const CatalogueFile& file : CatalogueFiles()) {
    if (file.name == name) return std::string(file.text);
  }
  return absl::NotFoundError("no such file");
}

// The reader itself holds each file to its name and to the fields it needs.
TEST(Catalogue, HoldsOnlyFilesThatAreRight) {
  for (const CatalogueFile& file : CatalogueFiles()) {
    if (!file.name.ends_with(".toml")) continue;
    const auto scenario = ParseScenario(file.text, file.name, Content);
    EXPECT_TRUE(scenario.ok()) << scenario.status();
    EXPECT_EQ(file.text.substr(0, 2), "# ") << file.name << " says no why";
    EXPECT_FALSE(scenario->shows.empty()) << file.name;
    EXPECT_FALSE(scenario->cannot_show.empty()) << file.name;
  }
  EXPECT_GE(CatalogueNames().size(), 24u);
}

TEST(Catalogue, IsInTheOrderOfTheAlphabetEverywhere) {
  const auto names = CatalogueNames();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  const auto scenarios = Scenarios();
  ASSERT_EQ(scenarios.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(scenarios[i].name, names[i]);
    EXPECT_EQ(FindScenario(names[i])->description, scenarios[i].description);
  }
}

TEST(Catalogue, DoesNotFindWhatIsNotThere) {
  EXPECT_FALSE(FindScenario("no-such").has_value());
  EXPECT_FALSE(FindScenario("").has_value());
  EXPECT_FALSE(FindScenario("slow.toml").has_value());
}

// All are run with twenty seeds and every policy, again and again.
TEST(Catalogue, HoldsOnlyRunsThatAreShort) {
  for (const Scenario& scenario : Scenarios()) {
    EXPECT_LE(Requests(scenario), 200'000) << scenario.name;
  }
}

// Ten servers of eight slots of 40 ms bear 2000 requests a second.
TEST(Catalogue, BringsAThousandRequestsASecondInEverySituation) {
  for (const char* name :
       {"calm", "sinkhole", "black-hole", "cold-newcomer", "half-fail",
        "all-fail", "all-silent", "rollout", "zone-slow", "zone-fails"}) {
    const Scenario scenario = *FindScenario(name);
    EXPECT_DOUBLE_EQ(
        BaseRate(scenario, std::get<OpenArrivals>(scenario.arrivals)), 1000)
        << name;
  }
}

}  // namespace
}  // namespace els_sim
