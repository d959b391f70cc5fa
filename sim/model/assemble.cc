#include "sim/model/assemble.h"

#include "sim/model/streams.h"

namespace els_sim {

std::vector<Member> MembersFor(std::size_t access_point, Time now,
                               const Scenario& scenario) {
  const std::size_t zone = access_point % scenario.zones;
  std::vector<Member> members;
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    const ServerPlan& server = scenario.servers[i];
    if (!PresentAt(server, now.time_since_epoch())) continue;
    members.push_back({.server = static_cast<std::uint32_t>(i),
                       .distance = server.zone == zone ? 1 : scenario.far,
                       .weight = server.weight,
                       .max_outstanding = static_cast<std::uint32_t>(
                           server.max_outstanding.value_or(0))});
  }
  return members;
}

Asked AskedOf(const Request& request, const Scenario& scenario) {
  Asked asked = {.avoid = request.avoid};
  const Duration size = request.arrival.size;
  switch (scenario.work) {
    case WorkTold::kNone:
      break;
    case WorkTold::kSize:
      asked.work = Nanoseconds(size) / Nanoseconds(scenario.sizes.mean);
      break;
    case WorkTold::kKey:
      asked.key = SizeClass(scenario.sizes, size);
      break;
  }
  return asked;
}

std::vector<std::unique_ptr<Policy>> MakePolicies(const Scenario& scenario,
                                                  const PolicyInfo& info,
                                                  std::uint64_t seed,
                                                  const Truth& truth) {
  const Stream draws(seed, Purpose::kPolicy);
  std::vector<std::unique_ptr<Policy>> policies;
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    policies.push_back(info.make({.members = MembersFor(i, Time(), scenario),
                                  .random = draws.At(i),
                                  .access_points = scenario.access_points,
                                  .first_in_turn = scenario.first_in_turn,
                                  .truth = &truth,
                                  .options = info.options}));
  }
  return policies;
}

std::vector<std::unique_ptr<els::RetryBudget>> MakeBudgets(
    const Scenario& scenario) {
  std::vector<std::unique_ptr<els::RetryBudget>> budgets;
  if (!scenario.retries.budget.has_value()) return budgets;
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    budgets.push_back(
        std::make_unique<els::RetryBudget>(*scenario.retries.budget));
  }
  return budgets;
}

std::vector<std::unique_ptr<Limiter>> MakeLimiters(const Scenario& scenario,
                                                   std::uint64_t seed) {
  std::vector<std::unique_ptr<Limiter>> limiters;
  if (!scenario.limit.has_value()) return limiters;
  const LimiterInfo* const info = FindLimiter(scenario.limit->limiter);
  const Stream draws(seed, Purpose::kLimiter);
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    limiters.push_back(info->make(
        {.random = draws.At(i), .options = scenario.limit->options}));
  }
  return limiters;
}

std::vector<std::unique_ptr<Server>> MakeServers(const Scenario& scenario,
                                                 std::uint64_t seed) {
  const Stream pauses(seed, Purpose::kPause);
  const Stream noise(seed, Purpose::kNoise);
  std::vector<std::unique_ptr<Server>> servers;
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    servers.push_back(
        MakeServer(scenario.servers[i], pauses.At(i), noise.At(i)));
  }
  return servers;
}

}  // namespace els_sim
