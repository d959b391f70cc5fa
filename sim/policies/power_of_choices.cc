#include "sim/policies/power_of_choices.h"

#include <algorithm>

namespace els_sim {

PowerOfChoices::PowerOfChoices(const PolicySetup& setup, std::size_t choices,
                               Draws draws)
    : choices_(choices),
      draws_(draws),
      candidates_(setup.members),
      outstanding_(candidates_.Places()),
      random_(setup.random) {}

// Keeps the counts of those that have left: some may be outstanding.
void PowerOfChoices::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  outstanding_.resize(std::max(outstanding_.size(), candidates_.Places()));
}

void PowerOfChoices::Draw(absl::Span<const std::uint32_t> from) {
  const bool distinct = draws_ == Draws::kDistinct;
  const std::size_t wanted =
      distinct ? std::min(choices_, from.size()) : choices_;
  drawn_.clear();
  while (drawn_.size() < wanted) {
    const std::uint32_t server = from[random_.Below(from.size())];
    // Drawing again leaves all others equally likely.
    const bool again =
        std::find(drawn_.begin(), drawn_.end(), server) != drawn_.end();
    if (!distinct || !again) drawn_.push_back(server);
  }
}

Attempt PowerOfChoices::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  Draw(candidates_.Without(avoid));
  // Their order is random, so taking the first of equals is fair.
  const std::uint32_t best = *std::min_element(
      drawn_.begin(), drawn_.end(), [this](std::uint32_t a, std::uint32_t b) {
        return outstanding_[a] < outstanding_[b];
      });
  ++outstanding_[best];
  return {.server = best};
}

void PowerOfChoices::Finish(const Attempt& attempt, els::Outcome, Duration,
                            Time) {
  --outstanding_[attempt.server];
}

}  // namespace els_sim
