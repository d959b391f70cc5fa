#include "sim/policies/static_split.h"

namespace els_sim {

StaticSplit::StaticSplit(const PolicySetup& setup)
    : candidates_(setup.members), random_(setup.random) {
  SetMembers(setup.members, Time());
}

void StaticSplit::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  weights_.resize(candidates_.Places());
  for (const Member& member : members) {
    weights_[member.server] = member.Share();
  }
}

Attempt StaticSplit::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  double sum = 0;
  for (const std::uint32_t server : left) sum += weights_[server];
  double at = random_.Uniform() * sum;
  for (const std::uint32_t server : left) {
    if (at < weights_[server]) return {.server = server};
    at -= weights_[server];
  }
  return {.server = left.back()};  // A rounding went past the end.
}

}  // namespace els_sim
