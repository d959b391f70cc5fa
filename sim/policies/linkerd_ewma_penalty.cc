#include "sim/policies/linkerd_ewma_penalty.h"

#include <algorithm>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {

LinkerdEwmaPenalty::LinkerdEwmaPenalty(const PolicySetup& setup)
    : candidates_(setup.members),
      estimates_(candidates_.Places()),
      random_(setup.random) {}

void LinkerdEwmaPenalty::SetMembers(absl::Span<const Member> members,
                                    Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  estimates_.resize(std::max(estimates_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (before.Has(server)) continue;
    estimates_[server].rtt = kDefaultRtt;
    estimates_[server].updated = now;
  }
}

// What is left of the estimate at `now`.
double LinkerdEwmaPenalty::Weight(const Estimate& estimate, Time now) {
  const FractionalDuration since = now - estimate.updated;
  return els::Exp(-(since / FractionalDuration(kDecay)));
}

FractionalDuration LinkerdEwmaPenalty::Load(std::uint32_t server,
                                            Time now) const {
  const Estimate& estimate = estimates_[server];
  return estimate.rtt * Weight(estimate, now) *
         (static_cast<double>(estimate.outstanding) + 1);
}

Attempt LinkerdEwmaPenalty::Pick(Time now,
                                 absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const bool second = Load(pair.second, now) < Load(pair.first, now);
  const std::uint32_t chosen = second ? pair.second : pair.first;
  ++estimates_[chosen].outstanding;
  return {.server = chosen};
}

void LinkerdEwmaPenalty::Finish(const Attempt& attempt, els::Outcome outcome,
                                Duration latency, Time now) {
  Estimate& estimate = estimates_[attempt.server];
  --estimate.outstanding;
  const double weight = Weight(estimate, now);
  const FractionalDuration decayed = estimate.rtt * weight;
  FractionalDuration sample = latency;
  if (outcome == els::Outcome::kFailure) {
    // Never below the estimate: a failure is no good news even where all is
    // slower than the penalty.
    sample = std::max<FractionalDuration>(kPenalty, decayed);
  }
  estimate.rtt = decayed < sample ? sample : decayed + sample * (1 - weight);
  estimate.updated = now;
}

}  // namespace els_sim
