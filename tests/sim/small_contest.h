#pragma once

// A contest whose numbers the hand can calculate.

#include <chrono>
#include <string>

#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/contest.h"

namespace els_sim {

// Two requests at once of 100 ms each, no queues.
inline Scenario TwoRequests(std::string name, std::vector<ServerPlan> servers) {
  for (ServerPlan& server : servers) server.discipline = Discipline::kInfinite;
  Scenario scenario = {.name = std::move(name),
                       .description = "two requests",
                       .arrivals = BurstArrivals{.requests = 2},
                       .servers = std::move(servers)};
  scenario.sizes.mean = std::chrono::milliseconds(100);
  scenario.sizes.shape = ConstantSize();
  return scenario;
}

// In "alone", there is no choice, and each request costs 100 ms. In "pair", the
// second server is three times slower: round robin sends one request to each,
// at 100 and 300 ms. Shortest expected delay sends both to the first: two
// requests there are fewer than one times three.
inline ContestPlan SmallPlan() {
  return {
      .scenarios = {TwoRequests("alone", {{}}),
                    TwoRequests("pair", {{}, {.phases = {{.slowness = 3}}}})},
      .policies = {FindPolicy("round-robin"),
                   FindPolicy("shortest-expected-delay")},
      .base = 0,
      .seeds = {.first = 1, .count = 3}};
}

}  // namespace els_sim
