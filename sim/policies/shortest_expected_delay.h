#pragma once

// Shortest expected delay, for servers that are told apart by their speed and
// have as many slots each.

#include <cstdint>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// The server where the requests in it, and this one, times its slowness are the
// least; ties at random.
class ShortestExpectedDelay final : public Policy {
 public:
  // REQUIRES: setup.truth.
  explicit ShortestExpectedDelay(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  const Truth& truth_;
  els::Random random_;
};

}  // namespace els_sim
