#include "sim/policies/linkerd_ewma.h"

#include <algorithm>

#include "sim/policies/two_of.h"

namespace els_sim {

LinkerdEwma::LinkerdEwma(const PolicySetup& setup)
    : candidates_(setup.members),
      estimates_(candidates_.Places()),
      random_(setup.random) {}

void LinkerdEwma::SetMembers(absl::Span<const Member> members, Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  estimates_.resize(std::max(estimates_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (before.Has(server)) continue;
    estimates_[server].peak = {.latency = kDefaultRtt, .updated = now};
  }
}

FractionalDuration LinkerdEwma::ReadLoad(std::uint32_t server, Time now) {
  Estimate& estimate = estimates_[server];
  return estimate.peak.Read(now) *
         (static_cast<double>(estimate.outstanding) + 1);
}

Attempt LinkerdEwma::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const FractionalDuration first = ReadLoad(pair.first, now);
  const FractionalDuration second = ReadLoad(pair.second, now);
  const std::uint32_t chosen = second < first ? pair.second : pair.first;
  ++estimates_[chosen].outstanding;
  return {.server = chosen};
}

void LinkerdEwma::Finish(const Attempt& attempt, els::Outcome, Duration latency,
                         Time now) {
  Estimate& estimate = estimates_[attempt.server];
  --estimate.outstanding;
  estimate.peak.Observe(latency, now);
}

}  // namespace els_sim
