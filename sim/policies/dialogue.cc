#include "sim/policies/dialogue.h"

#include <cmath>

#include "sim/policies/least_of.h"

namespace els_sim {

Dialogue::Dialogue(const PolicySetup& setup)
    : candidates_(setup.members),
      hosts_(candidates_.Places()),
      random_(setup.random) {}

void Dialogue::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  hosts_.assign(candidates_.Places(), Host());
  decayed_.reset();
  ++generation_;
}

// By whole steps, as the original does: a failure just before a step loses
// some of its weight at once.
void Dialogue::DecayUntil(Time now) {
  if (!decayed_.has_value()) decayed_ = now;
  for (; now - *decayed_ >= kStep; *decayed_ += kStep) {
    for (Host& host : hosts_) host.failures *= kStepFactor;
  }
}

std::int64_t Dialogue::Score(std::uint32_t server) const {
  const Host& host = hosts_[server];
  return host.outstanding + std::lround(host.failures);
}

Attempt Dialogue::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  DecayUntil(now);
  // The original shuffles all and sorts them by score, which breaks ties as
  // evenly.
  const std::uint32_t best = LeastOf(
      candidates_.Without(avoid),
      [this](std::uint32_t server) { return Score(server); }, random_);
  ++hosts_[best].outstanding;
  return {.server = best, .token = generation_};
}

void Dialogue::Finish(const Attempt& attempt, els::Outcome outcome, Duration,
                      Time now) {
  if (attempt.token != generation_) return;  // Of a channel that is no more.
  DecayUntil(now);
  Host& host = hosts_[attempt.server];
  --host.outstanding;
  if (outcome != els::Outcome::kSuccess) host.failures += kFailureWeight;
}

}  // namespace els_sim
