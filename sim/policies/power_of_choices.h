#pragma once

// The fewest outstanding of some servers at random, in more variants than p2c.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

enum class Draws {
  kDistinct,         // No server twice.
  kWithReplacement,  // As the theory of the limit of many servers has it.
};

// Of so many servers at random, the one with the fewest of its own requests
// outstanding; of equals, any.
class PowerOfChoices final : public Policy {
 public:
  // REQUIRES: choices > 0. If there are fewer servers, distinct ones are all.
  PowerOfChoices(const PolicySetup& setup, std::size_t choices, Draws draws);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  void Draw(absl::Span<const std::uint32_t> from);

  const std::size_t choices_;
  const Draws draws_;
  Candidates candidates_;
  std::vector<std::uint32_t> outstanding_;  // By server.
  std::vector<std::uint32_t> drawn_;
  els::Random random_;
};

}  // namespace els_sim
