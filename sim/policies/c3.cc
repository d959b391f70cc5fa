#include "sim/policies/c3.h"

#include <algorithm>
#include <optional>

#include "sim/policies/least_of.h"

namespace els_sim {
namespace {

// `before` is empty if `newest` is the first.
template <typename Value>
Value Average(const std::optional<Value>& before, Value newest) {
  if (!before.has_value()) return newest;
  return newest * C3::kNewest + *before * (1 - C3::kNewest);
}

}  // namespace

C3::C3(const PolicySetup& setup)
    : candidates_(setup.members),
      nodes_(candidates_.Places()),
      truth_(*setup.truth),
      clients_(static_cast<double>(setup.access_points)),
      random_(setup.random) {}

void C3::SetMembers(absl::Span<const Member> members, Time) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  nodes_.resize(std::max(nodes_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (before.Has(server)) continue;
    nodes_[server].latency.reset();
    nodes_[server].queue.reset();
    nodes_[server].slowness.reset();
  }
}

FractionalDuration C3::Score(std::uint32_t server) const {
  const Node& node = nodes_[server];
  if (!node.latency.has_value()) return {};
  FractionalDuration service = {};
  if (successes_ > 0) service = sum_ / successes_ * node.slowness.value_or(0);
  const double queue = 1 + static_cast<double>(node.outstanding) * clients_ +
                       node.queue.value_or(0);
  return *node.latency - service + queue * queue * queue * service;
}

Attempt C3::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const std::uint32_t best = LeastOf(
      candidates_.Without(avoid),
      [this](std::uint32_t server) { return Score(server); }, random_);
  ++nodes_[best].outstanding;
  return {.server = best};
}

void C3::Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
                Time) {
  Node& node = nodes_[attempt.server];
  --node.outstanding;
  node.latency = Average(node.latency, FractionalDuration(latency));
  const bool success = outcome == els::Outcome::kSuccess;
  if (!success && outcome != els::Outcome::kFailure) return;
  const double slowness = truth_.Slowness(attempt.server);
  const auto queue = static_cast<double>(truth_.InServer(attempt.server));
  node.slowness = Average(node.slowness, slowness);
  node.queue = Average(node.queue, queue);
  if (!success) return;
  sum_ += latency / slowness;
  ++successes_;
}

}  // namespace els_sim
