#include "sim/policies/peak_ewma.h"

#include <algorithm>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {

PeakEwma::PeakEwma(const PolicySetup& setup)
    : candidates_(setup.members),
      estimates_(candidates_.Places()),
      random_(setup.random) {}

void PeakEwma::SetMembers(absl::Span<const Member> members, Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  estimates_.resize(std::max(estimates_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (before.Has(server)) continue;
    estimates_[server].latency = kInitialLatency;
    estimates_[server].updated = now;
  }
}

// What is left of the estimate at `now`.
double PeakEwma::Weight(const Estimate& estimate, Time now) {
  const FractionalDuration idle = now - estimate.updated;
  return els::Exp(-(idle / FractionalDuration(kDecay)));
}

FractionalDuration PeakEwma::Cost(std::uint32_t server, Time now) const {
  const Estimate& estimate = estimates_[server];
  return estimate.latency * Weight(estimate, now) *
         (static_cast<double>(estimate.outstanding) + 1);
}

Attempt PeakEwma::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const bool second = Cost(pair.second, now) < Cost(pair.first, now);
  const std::uint32_t chosen = second ? pair.second : pair.first;
  ++estimates_[chosen].outstanding;
  return {.server = chosen};
}

void PeakEwma::Finish(const Attempt& attempt, els::Outcome, Duration latency,
                      Time now) {
  Estimate& estimate = estimates_[attempt.server];
  --estimate.outstanding;
  const double weight = Weight(estimate, now);
  const FractionalDuration sample = latency;
  estimate.latency = sample > estimate.latency * weight
                         ? sample
                         : estimate.latency * weight + sample * (1 - weight);
  estimate.updated = now;
}

}  // namespace els_sim
