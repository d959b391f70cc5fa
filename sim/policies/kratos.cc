#include "sim/policies/kratos.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"
#include "sim/policies/whole_average.h"

namespace els_sim {

Kratos::Kratos(const PolicySetup& setup)
    : candidates_(setup.members),
      nodes_(candidates_.Places()),
      random_(setup.random) {}

void Kratos::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  nodes_.assign(candidates_.Places(), Node());
}

// The mean age of the requests that are older than the mean latency; 0 unless
// they are more than one over half of all. So one or two that are never
// answered are not noticed.
std::uint64_t Kratos::LateNs(const Node& node, Time now) {
  std::uint64_t late = 0;
  std::uint64_t total_ns = 0;
  for (const Outstanding& request : node.outstanding) {
    const auto age_ns =
        static_cast<std::uint64_t>((now - request.start).count());
    if (age_ns <= node.latency_ns) continue;
    ++late;
    total_ns += age_ns;
  }
  return late > node.outstanding.size() / 2 + 1 ? total_ns / late : 0;
}

double Kratos::Load(const Node& node, Time now) {
  const auto requests = static_cast<double>(node.outstanding.size() + 1);
  if (node.latency_ns == 0) return kRootUnmeasured * requests;
  const auto latency_ns =
      static_cast<double>(std::max(node.latency_ns, LateNs(node, now)));
  // What is added makes servers alike that differ by less.
  const double added_ns = FractionalDuration(kAddedLatency).count();
  return std::sqrt(latency_ns + added_ns) * requests;
}

double Kratos::Weight(std::uint32_t server, Time now) {
  Node& node = nodes_[server];
  if (!node.weighed.has_value() || now - *node.weighed > kWeightKept) {
    constexpr double kScale = 1e4;
    node.weight = static_cast<double>(node.success) * kScale / Load(node, now);
    node.weighed = now;
  }
  return node.weight;
}

Attempt Kratos::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  std::uint32_t chosen = pair.first;
  std::uint32_t loser = pair.second;
  if (Weight(loser, now) > Weight(chosen, now)) std::swap(chosen, loser);
  const std::optional<Time>& picked = nodes_[loser].picked;
  if (!picked.has_value() || now - *picked > kForcePick) chosen = loser;
  Node& node = nodes_[chosen];
  node.picked = now;
  node.outstanding.push_back({.token = next_token_, .start = now});
  return {.server = chosen, .token = next_token_++};
}

void Kratos::Finish(const Attempt& attempt, els::Outcome outcome,
                    Duration latency, Time now) {
  if (attempt.server >= nodes_.size()) return;
  Node& node = nodes_[attempt.server];
  const auto request = std::find_if(
      node.outstanding.begin(), node.outstanding.end(),
      [&](const Outstanding& one) { return one.token == attempt.token; });
  if (request == node.outstanding.end()) return;  // Of a node that is no more.
  *request = node.outstanding.back();
  node.outstanding.pop_back();
  const FractionalDuration since = now - node.updated;
  // The first sample replaces both values whole.
  const double weight = node.latency_ns == 0
                            ? 0
                            : els::Exp(-(since / FractionalDuration(kDecay)));
  node.latency_ns = WholeAverage(
      node.latency_ns, static_cast<std::uint64_t>(latency.count()), weight);
  node.success =
      WholeAverage(node.success,
                   outcome == els::Outcome::kSuccess ? kAllSucceed : 0, weight);
  node.updated = now;
}

}  // namespace els_sim
