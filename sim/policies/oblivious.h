#pragma once

// Policies that learn nothing.

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// One server after the other. Each access point begins at a random one, or all
// of them would march in step.
class RoundRobin final : public Policy {
 public:
  explicit RoundRobin(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  std::size_t next_;  // Among all candidates.
};

// Any server, all equally likely.
class RandomChoice final : public Policy {
 public:
  explicit RandomChoice(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  els::Random random_;
};

}  // namespace els_sim
