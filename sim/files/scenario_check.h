#pragma once

// Whether a scenario can be run: the ranges of its numbers and what has to fit
// together, in one place for scenarios from files and from code.

#include <string>
#include <vector>

#include "sim/model/scenario.h"

namespace els_sim {

// A field by the key that it has in a file, such as
// servers[1].phases[0].failure_rate, and what is wrong with it: "is 1.5; it
// must be in [0, 1]".
struct Fault {
  std::string field;
  std::string what;
};

// All faults; none means that it can be run. Faults of two fields together are
// looked for only where each is right by itself.
std::vector<Fault> Faults(const Scenario& scenario);

}  // namespace els_sim
