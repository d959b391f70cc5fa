#pragma once

// Join idle queue, as Lu et al. (2011) analyse it: as if every server told at
// once when it becomes idle.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// An idle server at random if there is any; if not, any server at random.
class JoinIdleQueue final : public Policy {
 public:
  // REQUIRES: setup.truth.
  explicit JoinIdleQueue(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  const Truth& truth_;
  els::Random random_;
  std::vector<std::uint32_t> idle_;  // Scratch.
};

}  // namespace els_sim
