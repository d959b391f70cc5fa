#include "sim/policies/linkerd_ewma.h"

#include <algorithm>

#include "els/portable_math.h"
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
    estimates_[server].rtt = kDefaultRtt;
    estimates_[server].updated = now;
  }
}

void LinkerdEwma::Observe(Estimate& estimate, FractionalDuration rtt,
                          Time now) {
  if (estimate.rtt < rtt) {
    estimate.rtt = rtt;
  } else {
    const FractionalDuration since = now - estimate.updated;
    const double weight = els::Exp(-(since / FractionalDuration(kDecay)));
    estimate.rtt = estimate.rtt * weight + rtt * (1 - weight);
  }
  estimate.updated = now;
}

FractionalDuration LinkerdEwma::ReadLoad(std::uint32_t server, Time now) {
  Estimate& estimate = estimates_[server];
  Observe(estimate, Duration::zero(), now);
  return estimate.rtt * (static_cast<double>(estimate.outstanding) + 1);
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
  Observe(estimate, latency, now);
}

}  // namespace els_sim
