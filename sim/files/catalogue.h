#pragma once

// The scenarios of sim/scenarios, which are part of the program.

#include <optional>
#include <string_view>
#include <vector>

#include "sim/model/scenario.h"

namespace els_sim {

// In the order of the alphabet, as everywhere.
std::vector<std::string_view> CatalogueNames();

std::vector<Scenario> Scenarios();

// Empty if there is none of this name.
std::optional<Scenario> FindScenario(std::string_view name);

}  // namespace els_sim
