#include "sim/files/scenario_check.h"

#include <algorithm>
#include <limits>
#include <set>

#include "sim/files/checker.h"
#include "sim/files/offered.h"
#include "sim/files/work_check.h"
#include "sim/model/limiter.h"

namespace els_sim {
namespace {

constexpr Duration kZero = Duration::zero();

// -- Servers

void CheckPhases(const Scenario& scenario, const ServerPlan& server,
                 Checker& check) {
  for (std::size_t i = 0; i < server.phases.size(); ++i) {
    const Phase& phase = server.phases[i];
    Checker at = check.Below("phases", i);
    at.Long("from", phase.from);
    at.After("until", phase.until, "from", phase.from);
    at.In("slowness", phase.slowness, 0.0, 1e6, Ends::kLowOpen);
    at.In("failure_rate", phase.failure_rate, 0.0, 1.0);
    at.In("neutral_rate", phase.neutral_rate.value_or(0), 0.0, 1.0);
    at.In("cut_rate", phase.cut_rate, 0.0, 1.0);
    if (phase.silent && !scenario.timeout.has_value()) {
      at.Add("silent", "is true; it needs an access_points.timeout");
    }
    if (i > 0 && phase.from < server.phases[i - 1].until) {
      at.Add("from", absl::StrCat("is ", Text(phase.from),
                                  "; the phase before it lasts until ",
                                  Text(server.phases[i - 1].until)));
    }
  }
}

void CheckTroubles(const ServerPlan& server, Checker& check) {
  if (server.crowding.has_value()) {
    Checker below = check.Below("crowding");
    below.In("capacity", server.crowding->capacity, 0.0, kHuge, Ends::kLowOpen);
    below.In("beyond", server.crowding->beyond, 1.0, 1e6);
  }
  if (server.streams.has_value()) {
    Checker below = check.Below("streams");
    below.In("part", server.streams->part, 0.0, 1.0, Ends::kLowOpen);
    below.LongAboveZero("mean_length", server.streams->mean_length);
    below.In("slots", server.streams->slots, 0.0, 1.0);
  }
  if (server.stragglers.has_value()) {
    Checker below = check.Below("stragglers");
    below.In("part", server.stragglers->part, 0.0, 1.0);
    below.LongAboveZero("mean_delay", server.stragglers->mean_delay);
  }
  if (server.pauses.has_value()) {
    Checker below = check.Below("pauses");
    below.LongAboveZero("length", server.pauses->length);
    below.LongAboveZero("mean_between", server.pauses->mean_between);
  }
  if (server.noise.has_value()) {
    Checker below = check.Below("noise");
    below.In("least", server.noise->least, 0.0, 1e6, Ends::kLowOpen);
    below.In("most", server.noise->most, 0.0, 1e6, Ends::kLowOpen);
    below.NotBelow("most", server.noise->most, "least", server.noise->least);
    below.LongAboveZero("shortest", server.noise->shortest);
    below.LongAboveZero("longest", server.noise->longest);
    below.NotBelow("longest", server.noise->longest, "shortest",
                   server.noise->shortest);
  }
  if (server.warm_up.has_value()) {
    Checker below = check.Below("warm_up");
    below.LongAboveZero("length", server.warm_up->length);
    below.In("most", server.warm_up->most, 1.0, 1e6);
  }
}

void CheckServer(const Scenario& scenario, const ServerPlan& server,
                 Checker check) {
  check.In<std::uint64_t>("slots", server.slots, 1, 1'000'000);
  check.In<std::uint64_t>("most_in_flight", server.most_in_flight, 1,
                          std::numeric_limits<std::size_t>::max());
  CheckPhases(scenario, server, check);
  CheckTroubles(server, check);
  check.Long("failure_after", server.failure_after);
  check.In("neutral_rate", server.neutral_rate, 0.0, 1.0);
  check.Long("neutral_after", server.neutral_after);
  check.Long("cut_after", server.cut_after);
  check.Long("joins_at", server.joins_at);
  check.After("leaves_at", server.leaves_at, "joins_at", server.joins_at);
  if (server.zone >= scenario.zones) {
    check.Add("zone",
              absl::StrCat("is ", server.zone, "; zones.count is ",
                           scenario.zones, ", and the first zone is 0"));
  }
  check.In("weight", server.weight, 0.0, 1e6, Ends::kLowOpen);
  if (server.max_outstanding.has_value()) {
    check.In<std::uint64_t>("max_outstanding", *server.max_outstanding, 1,
                            std::numeric_limits<std::uint32_t>::max());
  }
}

bool AnyServerAt(const Scenario& scenario, Duration time) {
  return std::any_of(
      scenario.servers.begin(), scenario.servers.end(),
      [time](const ServerPlan& server) { return PresentAt(server, time); });
}

void CheckServers(const Scenario& scenario, Checker& check) {
  check.In<std::uint64_t>("servers", scenario.servers.size(), 1, kMaxServers);
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    CheckServer(scenario, scenario.servers[i], check.Below("servers", i));
  }
  if (scenario.servers.empty()) return;
  if (!AnyServerAt(scenario, kZero)) {
    return check.Add("servers", "are none at the start");
  }
  std::set<Duration> ends;
  for (const ServerPlan& server : scenario.servers) {
    if (server.leaves_at != Duration::max()) ends.insert(server.leaves_at);
  }
  for (const Duration end : ends) {
    if (AnyServerAt(scenario, end)) continue;
    return check.Add("servers", absl::StrCat("are none at ", Text(end)));
  }
}

// -- Access points, zones, windows

// `message` is that of a Validate of the library, and begins with the field.
void AddMessage(absl::string_view message, Checker check) {
  if (message.empty()) return;
  const std::string text(message);
  const std::size_t blank = text.find(' ');
  check.Add(text.substr(0, blank), text.substr(blank + 1));
}

void CheckHedge(const Scenario& scenario, Checker& check) {
  if (!scenario.hedge.has_value()) return;
  check.Long("hedge", scenario.hedge->delay);
  AddMessage(scenario.hedge->options.Validate().message(),
             check.Below("hedge_options"));
}

void CheckLimit(const Scenario& scenario, Checker& check) {
  Checker priorities = check.Below("priorities");
  const auto& [sheddable, critical] = scenario.priorities;
  priorities.In("sheddable", sheddable, 0.0, 1.0);
  priorities.In("critical", critical, 0.0, 1.0 - std::min(sheddable, 1.0));
  if (!scenario.limit.has_value()) return;
  const auto& [limiter, options] = *scenario.limit;
  if (FindLimiter(limiter) == nullptr) {
    check.Add("limit",
              absl::StrCat("is '", limiter, "'; there are: ", KnownLimiters()));
  }
  AddMessage(options.Validate().message(), check.Below("limit_options"));
}

void CheckAccessPoints(const Scenario& scenario, Checker check) {
  check.In<std::uint64_t>("count", scenario.access_points, 1, kMaxAccessPoints);
  if (scenario.skew.has_value()) {
    Checker skew = check.Below("skew");
    skew.In("heavy", scenario.skew->heavy, 0.0, 1.0, Ends::kOpen);
    skew.In("share", scenario.skew->share, 0.0, 1.0, Ends::kOpen);
    const double heavy =
        scenario.skew->heavy * static_cast<double>(scenario.access_points);
    if (heavy < 1 || heavy > static_cast<double>(scenario.access_points) - 1) {
      skew.Add("heavy", absl::StrCat("is ", Text(scenario.skew->heavy), " of ",
                                     scenario.access_points,
                                     " access points; both parts must have at "
                                     "least one"));
    }
  }
  if (scenario.timeout.has_value()) {
    check.LongAboveZero("timeout", *scenario.timeout);
  }
  CheckHedge(scenario, check);
  CheckLimit(scenario, check);
  Checker retries = check.Below("retries");
  retries.In<std::uint64_t>("most", scenario.retries.most, 0, kMaxRetries);
  retries.Long("backoff", scenario.retries.backoff);
  if (!scenario.retries.budget.has_value()) return;
  const els::RetryBudgetOptions& budget = *scenario.retries.budget;
  Checker below = retries.Below("budget");
  below.In("ratio", budget.ratio, 0.0, 1.0);
  below.In("floor_per_second", budget.floor_per_second, 0.0, 1000.0);
  below.In("window", Duration(budget.window),
           Duration(std::chrono::milliseconds(1)),
           Duration(std::chrono::hours(1)));
}

void CheckZones(const Scenario& scenario, Checker check) {
  check.In<std::uint64_t>("count", scenario.zones, 1, kMaxZones);
  check.In("far", scenario.far, 0.0, 1e6, Ends::kLowOpen);
  if (scenario.delays.empty()) return;
  const std::string wanted = absl::StrCat("; zones.count is ", scenario.zones);
  if (scenario.delays.size() != scenario.zones) {
    check.Add("delays",
              absl::StrCat("has ", scenario.delays.size(), " rows", wanted));
  }
  for (std::size_t i = 0; i < scenario.delays.size(); ++i) {
    const std::string row = absl::StrCat("delays[", i, "]");
    if (scenario.delays[i].size() != scenario.zones) {
      check.Add(row, absl::StrCat("has ", scenario.delays[i].size(),
                                  " durations", wanted));
    }
    for (std::size_t j = 0; j < scenario.delays[i].size(); ++j) {
      check.Long(absl::StrCat(row, "[", j, "]"), scenario.delays[i][j]);
    }
  }
}

void CheckWindow(const Scenario& scenario, const Window& window,
                 Checker check) {
  if (window.name.empty()) check.Add("name", "is empty");
  check.Long("from", window.from);
  check.Long("until", window.until);
  check.After("until", window.until, "from", window.from);
  const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
  if (open != nullptr && window.from >= open->length) {
    check.Add("from",
              absl::StrCat("is ", Text(window.from), "; nothing arrives from ",
                           Text(open->length), " on"));
  }
}

// Only of a scenario that is right field by field.
void CheckRequests(const Scenario& scenario, Checker& check) {
  const double requests = Requests(scenario);
  if (requests <= static_cast<double>(kMaxRequests)) return;
  check.Add("arrivals",
            absl::StrFormat("bring %.3g requests; at most 2^32 can be held",
                            requests));
}

void CheckFirstInTurn(const Scenario& scenario, Checker& check) {
  if (!scenario.first_in_turn.has_value()) return;
  const auto present = std::count_if(
      scenario.servers.begin(), scenario.servers.end(),
      [](const ServerPlan& server) { return PresentAt(server, kZero); });
  if (*scenario.first_in_turn < static_cast<std::size_t>(present)) return;
  check.Add("first_in_turn",
            absl::StrCat("is ", *scenario.first_in_turn, "; there are ",
                         present, " servers at the start, from 0 on"));
}

}  // namespace

std::vector<Fault> Faults(const Scenario& scenario) {
  std::vector<Fault> faults;
  Checker check("", faults);
  check.Long("failure_penalty", scenario.failure_penalty);
  CheckSizes(scenario.sizes, check.Below("sizes"));
  CheckArrivals(scenario, check.Below("arrivals"));
  CheckServers(scenario, check);
  CheckAccessPoints(scenario, check.Below("access_points"));
  CheckZones(scenario, check.Below("zones"));
  for (std::size_t i = 0; i < scenario.windows.size(); ++i) {
    CheckWindow(scenario, scenario.windows[i], check.Below("windows", i));
  }
  CheckFirstInTurn(scenario, check);
  if (faults.empty()) CheckRequests(scenario, check);
  return faults;
}

std::string WhatIsWrong(const Scenario& scenario) {
  const std::vector<Fault> faults = Faults(scenario);
  return faults.empty() ? "" : faults.front().field + " " + faults.front().what;
}

}  // namespace els_sim
