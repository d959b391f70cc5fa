#pragma once

// Policies that count their own outstanding requests and nothing else.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// The server with the fewest outstanding of all, ties at random.
class LeastOutstanding final : public Policy {
 public:
  explicit LeastOutstanding(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  Candidates candidates_;
  std::vector<std::uint32_t> outstanding_;  // By server.
  els::Random random_;
};

// Of two different servers at random, the one with fewer outstanding; of
// equals, either.
class PowerOfTwo final : public Policy {
 public:
  explicit PowerOfTwo(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  Candidates candidates_;
  std::vector<std::uint32_t> outstanding_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
