#include "sim/policies/finagle_ewma.h"

#include <algorithm>

#include "sim/policies/two_of.h"

namespace els_sim {

FinagleEwma::FinagleEwma(const PolicySetup& setup)
    : candidates_(setup.members),
      nodes_(candidates_.Places()),
      random_(setup.random) {}

void FinagleEwma::SetMembers(absl::Span<const Member> members, Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  nodes_.resize(std::max(nodes_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (!before.Has(server)) nodes_[server].peak = {.updated = now};
  }
}

FractionalDuration FinagleEwma::ReadLoad(std::uint32_t server, Time now) {
  Node& node = nodes_[server];
  const FractionalDuration latency = node.peak.Read(now);
  const auto outstanding = static_cast<double>(node.outstanding);
  if (latency == FractionalDuration::zero() && node.outstanding > 0) {
    return FractionalDuration(kPenalty) + FractionalDuration(outstanding);
  }
  return latency * (outstanding + 1);
}

Attempt FinagleEwma::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const FractionalDuration first = ReadLoad(pair.first, now);
  const FractionalDuration second = ReadLoad(pair.second, now);
  // The pair's order is random, so which of equals is taken does not matter.
  const std::uint32_t chosen = second < first ? pair.second : pair.first;
  ++nodes_[chosen].outstanding;
  return {.server = chosen};
}

void FinagleEwma::Finish(const Attempt& attempt, els::Outcome, Duration latency,
                         Time now) {
  Node& node = nodes_[attempt.server];
  --node.outstanding;
  node.peak.Observe(latency, now);
}

}  // namespace els_sim
