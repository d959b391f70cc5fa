#include "sim/policies/oblivious.h"

#include <algorithm>

namespace els_sim {
namespace {

std::size_t FirstInTurn(const PolicySetup& setup) {
  els::Random random = setup.random;
  return setup.first_in_turn.has_value() ? *setup.first_in_turn
                                         : random.Below(setup.members.size());
}

}  // namespace

RoundRobin::RoundRobin(const PolicySetup& setup)
    : candidates_(setup.members), next_(FirstInTurn(setup)) {}

// Goes on at the place in the set where it was.
void RoundRobin::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  next_ %= members.size();
}

Attempt RoundRobin::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const auto all = candidates_.All();
  const auto left = candidates_.Without(avoid);
  for (;;) {
    const std::uint32_t server = all[next_];
    next_ = next_ + 1 < all.size() ? next_ + 1 : 0;
    if (std::find(left.begin(), left.end(), server) != left.end()) {
      return {.server = server};
    }
  }
}

RandomChoice::RandomChoice(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {}

void RandomChoice::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
}

Attempt RandomChoice::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  return {.server = left[random_.Below(left.size())]};
}

}  // namespace els_sim
