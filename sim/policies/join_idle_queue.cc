#include "sim/policies/join_idle_queue.h"

#include <algorithm>
#include <iterator>

namespace els_sim {

JoinIdleQueue::JoinIdleQueue(const PolicySetup& setup)
    : candidates_(setup.members), truth_(*setup.truth), random_(setup.random) {}

void JoinIdleQueue::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
}

Attempt JoinIdleQueue::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  auto from = candidates_.Without(avoid);
  idle_.clear();
  std::copy_if(
      from.begin(), from.end(), std::back_inserter(idle_),
      [this](std::uint32_t server) { return truth_.InServer(server) == 0; });
  if (!idle_.empty()) from = idle_;
  return {.server = from[random_.Below(from.size())]};
}

}  // namespace els_sim
