#include "sim/scenario.h"

#include <gtest/gtest.h>

namespace els_sim {
namespace {

TEST(Scenarios, AreFoundByTheirNames) {
  for (const Scenario& scenario : Scenarios()) {
    const auto found = FindScenario(scenario.name);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->description, scenario.description);
  }
  EXPECT_FALSE(FindScenario("no-such").has_value());
}

}  // namespace
}  // namespace els_sim
