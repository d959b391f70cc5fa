#include "sim/policies/peak_ewma.h"

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {

PeakEwma::PeakEwma(const PolicySetup& setup)
    : estimates_(setup.servers), random_(setup.random) {}

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

Attempt PeakEwma::Pick(Time now) {
  const Pair pair =
      TwoOf(static_cast<std::uint32_t>(estimates_.size()), random_);
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
