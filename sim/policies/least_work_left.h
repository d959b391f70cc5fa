#pragma once

// Least work left: what would be best where servers are alike, if requests told
// their sizes. With a slot each and no slow server it is one queue for all.

#include <cstdint>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// The server that would first be empty, ties at random. It looks at what is
// there alone, not at how long the request would take there.
class LeastWorkLeft final : public Policy {
 public:
  // REQUIRES: setup.truth.
  explicit LeastWorkLeft(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  const Truth& truth_;
  els::Random random_;
};

}  // namespace els_sim
