#include "sim/policies/shortest_expected_delay.h"

#include "sim/policies/least_of.h"

namespace els_sim {

ShortestExpectedDelay::ShortestExpectedDelay(const PolicySetup& setup)
    : candidates_(setup.members), truth_(*setup.truth), random_(setup.random) {}

void ShortestExpectedDelay::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
}

Attempt ShortestExpectedDelay::Pick(Time,
                                    absl::Span<const std::uint32_t> avoid) {
  return {.server = LeastOf(
              candidates_.Without(avoid),
              [this](std::uint32_t server) {
                return static_cast<double>(truth_.InServer(server) + 1) *
                       truth_.Slowness(server);
              },
              random_)};
}

}  // namespace els_sim
