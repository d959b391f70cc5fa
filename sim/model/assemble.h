#pragma once

// Makes the parts of a simulation from its scenario.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "els/retry_budget.h"
#include "sim/model/in_flight.h"
#include "sim/model/limiter.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/server.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What the access point may choose from at `now`.
std::vector<Member> MembersFor(std::size_t access_point, Time now,
                               const Scenario& scenario);

// What the access point of `request` knows of it. Valid until `request`
// changes.
Asked AskedOf(const Request& request, const Scenario& scenario);

// One for each access point. `truth` has to outlive them.
std::vector<std::unique_ptr<Policy>> MakePolicies(const Scenario& scenario,
                                                  const PolicyInfo& info,
                                                  std::uint64_t seed,
                                                  const Truth& truth);

// One for each access point; none if retries are free.
std::vector<std::unique_ptr<els::RetryBudget>> MakeBudgets(
    const Scenario& scenario);

// One for each access point; none if nothing is limited.
std::vector<std::unique_ptr<Limiter>> MakeLimiters(const Scenario& scenario,
                                                   std::uint64_t seed);

// `scenario` has to outlive them.
std::vector<std::unique_ptr<Server>> MakeServers(const Scenario& scenario,
                                                 std::uint64_t seed);

}  // namespace els_sim
