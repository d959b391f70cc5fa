#include "sim/policies/envoy_least_request.h"

#include <algorithm>
#include <tuple>

namespace els_sim {

EnvoyLeastRequest::EnvoyLeastRequest(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {
  SetMembers(setup.members, Time());
}

double EnvoyLeastRequest::Step(const Host& host) {
  return (static_cast<double>(host.outstanding) + 1) / host.weight;
}

void EnvoyLeastRequest::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  hosts_.resize(std::max(hosts_.size(), candidates_.Places()));
  equal_weights_ =
      std::all_of(members.begin(), members.end(), [&](const Member& member) {
        return member.Share() == members.front().Share();
      });
  clock_ = 0;
  turns_ = 0;
  for (const Member& member : members) {
    Host& host = hosts_[member.server];
    host.weight = member.Share();
    // Anywhere within the first round, or access points would march in step.
    host.deadline = random_.Uniform() * Step(host);
    host.turn = turns_++;
  }
}

std::uint32_t EnvoyLeastRequest::FewerOfTwo(
    absl::Span<const std::uint32_t> servers) {
  const std::uint32_t first = servers[random_.Below(servers.size())];
  const std::uint32_t second = servers[random_.Below(servers.size())];
  return hosts_[second].outstanding < hosts_[first].outstanding ? second
                                                                : first;
}

std::uint32_t EnvoyLeastRequest::Earliest(
    absl::Span<const std::uint32_t> servers) {
  const std::uint32_t chosen = *std::min_element(
      servers.begin(), servers.end(), [this](std::uint32_t a, std::uint32_t b) {
        return std::tie(hosts_[a].deadline, hosts_[a].turn) <
               std::tie(hosts_[b].deadline, hosts_[b].turn);
      });
  Host& host = hosts_[chosen];
  // One that was avoided is earlier still when it is picked at last.
  clock_ = std::max(clock_, host.deadline);
  host.deadline = clock_ + Step(host);
  host.turn = turns_++;
  return chosen;
}

Attempt EnvoyLeastRequest::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  const std::uint32_t chosen =
      equal_weights_ ? FewerOfTwo(left) : Earliest(left);
  ++hosts_[chosen].outstanding;
  return {.server = chosen};
}

void EnvoyLeastRequest::Finish(const Attempt& attempt, els::Outcome, Duration,
                               Time) {
  --hosts_[attempt.server].outstanding;
}

}  // namespace els_sim
