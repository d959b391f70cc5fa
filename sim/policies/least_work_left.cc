#include "sim/policies/least_work_left.h"

#include "sim/policies/least_of.h"

namespace els_sim {

LeastWorkLeft::LeastWorkLeft(const PolicySetup& setup)
    : candidates_(setup.members), truth_(*setup.truth), random_(setup.random) {}

void LeastWorkLeft::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
}

Attempt LeastWorkLeft::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  return {.server = LeastOf(
              candidates_.Without(avoid),
              [this](std::uint32_t server) { return truth_.WorkLeft(server); },
              random_)};
}

}  // namespace els_sim
