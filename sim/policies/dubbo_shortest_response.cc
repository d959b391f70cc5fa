#include "sim/policies/dubbo_shortest_response.h"

#include <algorithm>

namespace els_sim {

DubboShortestResponse::DubboShortestResponse(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {
  SetMembers(setup.members, Time());
}

void DubboShortestResponse::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  statuses_.resize(std::max(statuses_.size(), candidates_.Places()));
  for (const Member& member : members) {
    statuses_[member.server].weight = member.Share();
  }
}

std::int64_t DubboShortestResponse::EstimatedResponse(
    std::uint32_t server) const {
  const Status& status = statuses_[server];
  if (status.successes == 0) return 0;
  return status.success_ms / status.successes * (status.active + 1);
}

std::uint32_t DubboShortestResponse::Shortest(
    absl::Span<const std::uint32_t> servers) {
  std::uint32_t best = servers.front();
  std::int64_t shortest = EstimatedResponse(best);
  double tied_weight = statuses_[best].weight;
  for (const std::uint32_t server : servers.subspan(1)) {
    const std::int64_t response = EstimatedResponse(server);
    if (response > shortest) continue;
    const double weight = statuses_[server].weight;
    const bool tie = response == shortest;
    tied_weight = tie ? tied_weight + weight : weight;
    shortest = response;
    // Replacing with its share of the weight so far leaves each of the tied
    // with its share of all.
    if (!tie || random_.Uniform() * tied_weight < weight) best = server;
  }
  return best;
}

Attempt DubboShortestResponse::Pick(Time now,
                                    absl::Span<const std::uint32_t> avoid) {
  const std::uint32_t chosen = Shortest(candidates_.Without(avoid));
  // The pick that finds the window over is the last to use it.
  if (now - window_start_ > kWindow) {
    for (Status& status : statuses_) status.successes = status.success_ms = 0;
    window_start_ = now;
  }
  ++statuses_[chosen].active;
  return {.server = chosen};
}

void DubboShortestResponse::Finish(const Attempt& attempt, els::Outcome outcome,
                                   Duration latency, Time) {
  Status& status = statuses_[attempt.server];
  --status.active;
  if (outcome != els::Outcome::kSuccess) return;
  ++status.successes;
  status.success_ms +=
      std::chrono::floor<std::chrono::milliseconds>(latency).count();
}

}  // namespace els_sim
