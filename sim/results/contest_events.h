#pragma once

// What charts over time need to know of a scenario.

#include <cstddef>
#include <string>
#include <vector>

#include "sim/model/scenario.h"

namespace els_sim {

// Neighbours in the list of servers that are alike.
struct ServerGroup {
  std::size_t first = 0;
  std::size_t count = 0;
};

std::vector<ServerGroup> GroupServers(const Scenario& scenario);

// "b0", "b1 to b9"
std::string NameOf(const ServerGroup& group);

struct ScenarioEvent {
  Duration at = {};
  std::string text = {};
};

// What happens at known times, in their order, one for each time: to servers,
// and to the rate of requests.
std::vector<ScenarioEvent> EventsOf(const Scenario& scenario);

}  // namespace els_sim
