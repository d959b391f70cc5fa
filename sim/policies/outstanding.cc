#include "sim/policies/outstanding.h"

#include "sim/policies/two_of.h"

namespace els_sim {

LeastOutstanding::LeastOutstanding(const PolicySetup& setup)
    : outstanding_(setup.servers), random_(setup.random) {}

Attempt LeastOutstanding::Pick(Time) {
  std::uint32_t best = 0;
  std::uint64_t ties = 1;
  for (std::uint32_t i = 1; i < outstanding_.size(); ++i) {
    if (outstanding_[i] > outstanding_[best]) continue;
    ties = outstanding_[i] < outstanding_[best] ? 1 : ties + 1;
    // The k-th of equals replaces the choice with probability 1/k, which
    // leaves all of them equally likely.
    if (ties == 1 || random_.Below(ties) == 0) best = i;
  }
  ++outstanding_[best];
  return {.server = best};
}

void LeastOutstanding::Finish(const Attempt& attempt, els::Outcome, Duration,
                              Time) {
  --outstanding_[attempt.server];
}

PowerOfTwo::PowerOfTwo(const PolicySetup& setup)
    : outstanding_(setup.servers), random_(setup.random) {}

Attempt PowerOfTwo::Pick(Time) {
  const Pair pair =
      TwoOf(static_cast<std::uint32_t>(outstanding_.size()), random_);
  // The pair's order is random, so taking the first of equals is fair.
  const bool second = outstanding_[pair.second] < outstanding_[pair.first];
  const std::uint32_t chosen = second ? pair.second : pair.first;
  ++outstanding_[chosen];
  return {.server = chosen};
}

void PowerOfTwo::Finish(const Attempt& attempt, els::Outcome, Duration, Time) {
  --outstanding_[attempt.server];
}

}  // namespace els_sim
