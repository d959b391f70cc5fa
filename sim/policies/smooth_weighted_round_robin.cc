#include "sim/policies/smooth_weighted_round_robin.h"

#include <algorithm>

namespace els_sim {

SmoothWeightedRoundRobin::SmoothWeightedRoundRobin(const PolicySetup& setup)
    : candidates_(setup.members),
      first_in_turn_(setup.first_in_turn.value_or(0)) {
  SetMembers(setup.members, Time());
}

void SmoothWeightedRoundRobin::SetMembers(absl::Span<const Member> members,
                                          Time) {
  // Of equals the first is taken, so that the order is all that says who
  // begins.
  std::vector<Member> in_turn(members.begin(), members.end());
  const std::size_t first = first_in_turn_ % members.size();
  std::rotate(in_turn.begin(),
              in_turn.begin() + static_cast<std::ptrdiff_t>(first),
              in_turn.end());
  candidates_.Set(in_turn);
  turns_.assign(candidates_.Places(), {});
  for (const Member& member : members) {
    turns_[member.server].weight = member.Share();
  }
}

Attempt SmoothWeightedRoundRobin::Pick(Time,
                                       absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  double all = 0;
  std::uint32_t most = left.front();
  for (const std::uint32_t server : left) {
    Turn& turn = turns_[server];
    turn.gained += turn.weight;
    all += turn.weight;
    if (turn.gained > turns_[most].gained) most = server;
  }
  turns_[most].gained -= all;
  return {.server = most};
}

}  // namespace els_sim
