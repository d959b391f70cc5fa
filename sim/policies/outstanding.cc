#include "sim/policies/outstanding.h"

#include <algorithm>

#include "sim/policies/two_of.h"

namespace els_sim {
namespace {

// Keeps the counts of those that have left: some may be outstanding.
void MakePlaces(const Candidates& candidates,
                std::vector<std::uint32_t>& outstanding) {
  outstanding.resize(std::max(outstanding.size(), candidates.Places()));
}

}  // namespace

LeastOutstanding::LeastOutstanding(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {
  MakePlaces(candidates_, outstanding_);
}

void LeastOutstanding::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  MakePlaces(candidates_, outstanding_);
}

Attempt LeastOutstanding::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  std::uint32_t best = left.front();
  std::uint64_t ties = 1;
  for (const std::uint32_t server : left.subspan(1)) {
    if (outstanding_[server] > outstanding_[best]) continue;
    ties = outstanding_[server] < outstanding_[best] ? 1 : ties + 1;
    // The k-th of equals replaces the choice with probability 1/k, which
    // leaves all of them equally likely.
    if (ties == 1 || random_.Below(ties) == 0) best = server;
  }
  ++outstanding_[best];
  return {.server = best};
}

void LeastOutstanding::Finish(const Attempt& attempt, els::Outcome, Duration,
                              Time) {
  --outstanding_[attempt.server];
}

PowerOfTwo::PowerOfTwo(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {
  MakePlaces(candidates_, outstanding_);
}

void PowerOfTwo::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  MakePlaces(candidates_, outstanding_);
}

Attempt PowerOfTwo::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
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
