#pragma once

// A search that takes a moment: two options, short scenarios.

#include <chrono>
#include <string>

#include "els/options.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

// Four servers, one of which is so many times slower, for two seconds.
inline Scenario ShortScenario(std::string name, double slowness) {
  Scenario scenario = {
      .name = std::move(name),
      .description = "short",
      .arrivals = OpenArrivals{.length = std::chrono::seconds(2)},
      .servers = std::vector<ServerPlan>(4, {.slots = 2}),
      .access_points = 2};
  scenario.servers[0].phases = {{.slowness = slowness}};
  return scenario;
}

inline TunePlan SmallTune() {
  TunePlan plan = {
      .scenarios = {{ShortScenario("slow", 10), Role::kTrain, "a"},
                    {ShortScenario("slower", 20), Role::kConstraint, "b"},
                    {ShortScenario("even", 1), Role::kHoldOut, "c"}},
      .yardstick = FindPolicy("shortest-expected-delay"),
      .first_seed = 1,
      .seeds = 9,
      .points = 9,
      .polish = 12};
  for (const char* option : {"latency_memory=100ms..10s", "turn_limit"}) {
    plan.options.push_back(*ParseTunedOption(option, plan.start));
  }
  return plan;
}

}  // namespace els_sim
