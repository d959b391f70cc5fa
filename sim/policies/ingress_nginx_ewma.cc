#include "sim/policies/ingress_nginx_ewma.h"

#include <algorithm>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {

IngressNginxEwma::IngressNginxEwma(const PolicySetup& setup)
    : candidates_(setup.members),
      estimates_(candidates_.Places()),
      random_(setup.random) {}

std::optional<FractionalDuration> IngressNginxEwma::Mean() const {
  FractionalDuration sum = {};
  int measured = 0;
  for (const std::uint32_t server : candidates_.All()) {
    if (!estimates_[server].has_value()) continue;
    sum += estimates_[server]->latency;
    ++measured;
  }
  if (measured == 0) return std::nullopt;
  return sum / measured;
}

void IngressNginxEwma::SetMembers(absl::Span<const Member> members, Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  estimates_.resize(std::max(estimates_.size(), candidates_.Places()));
  for (const std::uint32_t server : before.All()) {
    if (!candidates_.Has(server)) estimates_[server].reset();
  }
  const std::optional<FractionalDuration> mean = Mean();
  if (!mean.has_value()) return;
  for (const std::uint32_t server : candidates_.All()) {
    if (before.Has(server)) continue;
    estimates_[server] = Estimate{.latency = *mean, .touched = now};
  }
}

// What is left of the estimate at `now`.
double IngressNginxEwma::Weight(const Estimate& estimate, Time now) {
  const FractionalDuration idle = now - estimate.touched;
  return els::Exp(-(idle / FractionalDuration(kDecay)));
}

FractionalDuration IngressNginxEwma::Score(std::uint32_t server,
                                           Time now) const {
  const std::optional<Estimate>& estimate = estimates_[server];
  if (!estimate.has_value()) return {};
  return estimate->latency * Weight(*estimate, now);
}

Attempt IngressNginxEwma::Pick(Time now,
                               absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const bool second = Score(pair.second, now) < Score(pair.first, now);
  return {.server = second ? pair.second : pair.first};
}

void IngressNginxEwma::Finish(const Attempt& attempt, els::Outcome outcome,
                              Duration latency, Time now) {
  if (outcome == els::Outcome::kCancelled) return;
  const FractionalDuration sample =
      std::chrono::floor<std::chrono::milliseconds>(latency);
  std::optional<Estimate>& estimate = estimates_[attempt.server];
  // The first is taken whole: it is decades since the touch at second 0.
  const double weight = estimate.has_value() ? Weight(*estimate, now) : 0;
  const FractionalDuration old =
      estimate.has_value() ? estimate->latency : FractionalDuration();
  estimate =
      Estimate{.latency = old * weight + sample * (1 - weight), .touched = now};
}

}  // namespace els_sim
