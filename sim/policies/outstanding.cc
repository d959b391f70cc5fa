#include "sim/policies/outstanding.h"

#include <algorithm>

#include "sim/policies/least_of.h"
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
  const std::uint32_t best = LeastOf(
      candidates_.Without(avoid),
      [this](std::uint32_t server) { return outstanding_[server]; }, random_);
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
