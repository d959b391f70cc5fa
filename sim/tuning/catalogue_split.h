#pragma once

// Which scenarios of the catalogue are for what, when nobody says.

#include <string_view>
#include <vector>

#include "sim/tuning/tune_plan.h"

namespace els_sim {

// What a scenario is about, such as "a slow server". Those of a family are
// alike, so all of it is on one side: what is held out is of another kind than
// what was trained on.
struct Family {
  std::string_view name;
  Role role;
  std::vector<std::string_view> scenarios;
};

// All of them, train first. What the catalogue has and no family names is of
// the family "other", which is held out.
const std::vector<Family>& Families();

// "other" if none names it, as with scenarios from files.
std::string_view FamilyOf(std::string_view scenario);

// The names of the catalogue's scenarios of this role, families together.
std::vector<std::string> CatalogueFor(Role role);

}  // namespace els_sim
