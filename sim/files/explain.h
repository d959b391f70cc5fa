#pragma once

#include <string>

#include "sim/model/scenario.h"

namespace els_sim {

// The scenario in sentences: the work, the servers and what happens to them,
// the access points, what is measured, what it shows and what it cannot show.
// Ends with a newline. REQUIRES: WhatIsWrong(scenario).empty().
std::string Explain(const Scenario& scenario);

}  // namespace els_sim
