#pragma once

// The situations in which balancers are known to fail: something happens at 20
// seconds to some of ten servers, and windows of time tell what became of it.

#include <vector>

#include "sim/scenario.h"

namespace els_sim {

// Ten servers of eight slots, twenty access points, exponential service of
// 40 ms, a timeout of a second and a budget for retries, if there are any,
// unless they say otherwise. The load is that of the servers at the start,
// whatever becomes of them.
std::vector<Scenario> Situations();

}  // namespace els_sim
