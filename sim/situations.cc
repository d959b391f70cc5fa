#include "sim/situations.h"

#include <cstddef>
#include <utility>

#include "els/retry_budget.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kServers = 10;
constexpr std::size_t kSlots = 8;
constexpr std::size_t kAccessPoints = 20;
constexpr Duration kEvent = seconds(20);

// The library's own, but for the floor, of which each access point has one: the
// default of ten a second would here be a retry for every eighth request at a
// load of 0.8, on top of every fifth.
constexpr els::RetryBudgetOptions kRetryBudget = {.floor_per_second = 1};

// Ten servers of which nothing is wrong.
Scenario Ten(std::string name, std::string description, Duration length) {
  return {.name = std::move(name),
          .description = std::move(description),
          .access_points = kAccessPoints,
          .servers = std::vector<ServerPlan>(kServers, {.slots = kSlots}),
          .arrivals = PoissonArrivals{.length = length,
                                      .load = 0.5,
                                      .capacity = Capacity::kAtStart},
          .size = SizeDistribution::kExponential,
          .mean_size = milliseconds(40),
          .timeout = seconds(1),
          .retry_budget = kRetryBudget,
          .failure_penalty = seconds(1)};
}

// The same happens to the first `count` servers, for `lasts` from the event on.
void Happens(Phase phase, std::size_t count, Duration lasts,
             Scenario& scenario) {
  phase.from = kEvent;
  phase.until = kEvent + lasts;
  for (std::size_t i = 0; i < count; ++i) {
    scenario.servers[i].phases = {phase};
  }
}

Scenario Sinkhole() {
  Scenario scenario =
      Ten("sinkhole", "one of ten fails all at once (after 1 ms) from 20 s on",
          seconds(60));
  Happens({.failure_rate = 1}, 1, seconds(40), scenario);
  scenario.windows = {{"after the first second", seconds(21), seconds(60)}};
  return scenario;
}

Scenario BlackHole() {
  Scenario scenario =
      Ten("black-hole", "one of ten stops answering from 20 s to 40 s",
          seconds(50));
  Happens({.silent = true}, 1, seconds(20), scenario);
  scenario.windows = {{"silent", seconds(20), seconds(40)},
                      {"back", seconds(45), seconds(50)}};
  return scenario;
}

Scenario ColdNewcomer() {
  Scenario scenario =
      Ten("cold-newcomer",
          "an eleventh server joins at 20 s, ten times slower until 25 s; "
          "four access points",
          seconds(40));
  scenario.access_points = 4;
  scenario.servers.push_back({.slots = kSlots, .joins_at = kEvent});
  scenario.servers.back().phases = {
      {.from = kEvent, .until = seconds(25), .slowness = 10}};
  scenario.windows = {{"cold", seconds(20), seconds(25)},
                      {"warm", seconds(30), seconds(40)}};
  return scenario;
}

Scenario HalfFail() {
  Scenario scenario =
      Ten("half-fail", "half of ten fail all at once (after 1 ms) for 5 s",
          seconds(40));
  Happens({.failure_rate = 1}, kServers / 2, seconds(5), scenario);
  scenario.windows = {{"failing", seconds(20), seconds(25)},
                      {"failing and 15 s after", seconds(20), seconds(40)},
                      {"back", seconds(30), seconds(40)},
                      {"all the time", seconds(0), seconds(40)}};
  return scenario;
}

Scenario All(std::string name, std::string description, Phase phase) {
  Scenario scenario = Ten(std::move(name), std::move(description), seconds(30));
  Happens(phase, kServers, seconds(10), scenario);
  scenario.windows = {{"meanwhile", seconds(20), seconds(30)}};
  return scenario;
}

Scenario Calm() {
  Scenario scenario = Ten("calm", "ten equal servers", seconds(60));
  scenario.windows = {{"all the time", seconds(0), seconds(60)}};
  return scenario;
}

Scenario Rollout() {
  Scenario scenario =
      Ten("rollout", "every server is replaced, one each second from 20 s on",
          seconds(40));
  for (std::size_t i = 0; i < kServers; ++i) {
    const Duration at = kEvent + seconds(i);
    scenario.servers[i].leaves_at = at;
    scenario.servers.push_back({.slots = kSlots, .joins_at = at});
  }
  scenario.windows = {{"meanwhile", seconds(20), seconds(30)}};
  return scenario;
}

// Even access points are near to the first five servers, odd ones to the rest.
Scenario TwoZones(std::string name, std::string description, Phase phase) {
  Scenario scenario = Ten(std::move(name), std::move(description), seconds(80));
  scenario.zones = 2;
  scenario.far = 10;
  for (std::size_t i = kServers / 2; i < kServers; ++i) {
    scenario.servers[i].zone = 1;
  }
  Happens(phase, kServers / 2, seconds(20), scenario);
  scenario.windows = {{"well", seconds(0), seconds(20)},
                      {"third second", seconds(22), seconds(23)},
                      {"fifth second", seconds(24), seconds(25)},
                      {"bad", seconds(20), seconds(40)},
                      {"back", seconds(50), seconds(55)},
                      {"at last", seconds(70), seconds(80)}};
  return scenario;
}

}  // namespace

std::vector<Scenario> Situations() {
  return {
      Calm(),
      Sinkhole(),
      BlackHole(),
      ColdNewcomer(),
      HalfFail(),
      All("all-fail", "all ten fail all at once (after 1 ms) for 10 s",
          {.failure_rate = 1}),
      All("all-silent", "all ten stop answering for 10 s", {.silent = true}),
      Rollout(),
      TwoZones("zone-slow",
               "two zones, ten times as far from each other; the first is ten "
               "times slower from 20 s to 40 s",
               {.slowness = 10}),
      TwoZones("zone-fails",
               "two zones, ten times as far from each other; the first fails "
               "all at once from 20 s to 40 s",
               {.failure_rate = 1}),
  };
}

}  // namespace els_sim
