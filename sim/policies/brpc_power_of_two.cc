#include "sim/policies/brpc_power_of_two.h"

#include <algorithm>
#include <array>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;

bool Contains(absl::Span<const std::uint32_t> servers, std::uint32_t server) {
  return std::find(servers.begin(), servers.end(), server) != servers.end();
}

}  // namespace

BrpcPowerOfTwo::BrpcPowerOfTwo(const PolicySetup& setup)
    : candidates_({}), random_(setup.random) {
  SetMembers(setup.members, Time());
}

void BrpcPowerOfTwo::SetMembers(absl::Span<const Member> members, Time) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  nodes_.resize(std::max(nodes_.size(), candidates_.Places()));
  for (const Member& member : members) {
    Node& node = nodes_[member.server];
    node.cost_factor = member.distance / member.weight;
    if (!before.Has(member.server)) node.latency.reset();
  }
}

// What is left of the latency at `now`.
double BrpcPowerOfTwo::Weight(const Node& node, Time now) {
  const FractionalDuration since = now - node.updated;
  return els::Exp(-(since / FractionalDuration(kDecay)));
}

BrpcPowerOfTwo::Microseconds BrpcPowerOfTwo::Score(std::uint32_t server,
                                                   Time now) const {
  const Node& node = nodes_[server];
  Microseconds latency = kLeast;
  if (node.latency.has_value()) {
    latency = std::max(latency, *node.latency * Weight(node, now));
  }
  return latency * (static_cast<double>(node.outstanding) + 1) *
         node.cost_factor;
}

// Of equals the first.
std::uint32_t BrpcPowerOfTwo::Lowest(absl::Span<const std::uint32_t> servers,
                                     Time now) const {
  return *std::min_element(servers.begin(), servers.end(),
                           [&](std::uint32_t a, std::uint32_t b) {
                             return Score(a, now) < Score(b, now);
                           });
}

Attempt BrpcPowerOfTwo::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.All(), random_);
  const bool first = !Contains(avoid, pair.first);
  const bool second = !Contains(avoid, pair.second);
  std::uint32_t chosen = first ? pair.first : pair.second;
  if (first && second) {
    chosen = Lowest(std::array{pair.first, pair.second}, now);
  } else if (!first && !second) {
    chosen = Lowest(candidates_.Without(avoid), now);
  }
  ++nodes_[chosen].outstanding;
  return {.server = chosen};
}

void BrpcPowerOfTwo::Finish(const Attempt& attempt, els::Outcome outcome,
                            Duration latency, Time now) {
  Node& node = nodes_[attempt.server];
  --node.outstanding;
  auto sample = std::chrono::floor<microseconds>(latency);
  if (sample <= microseconds::zero()) return;
  const microseconds before = node.latency.value_or(microseconds::zero());
  if (outcome != els::Outcome::kSuccess) {
    // Each failure doubles the estimate, hence the limit.
    sample = std::min(std::max({sample, kTimeout, 2 * before}), kMostPunished);
  }
  if (sample < before) {
    const double weight = Weight(node, now);
    sample = std::chrono::duration_cast<microseconds>(before * weight +
                                                      sample * (1 - weight));
  }
  node.latency = sample;
  node.updated = now;
}

}  // namespace els_sim
