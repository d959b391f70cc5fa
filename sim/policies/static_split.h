#pragma once

// A random split by fixed weights: what a configuration file can do.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// Any server, with a probability in proportion to Member::Share: of a
// zone that is `far` = 4, each server has a quarter of what one of the near
// zone has.
class StaticSplit final : public Policy {
 public:
  explicit StaticSplit(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  std::vector<double> weights_;  // By server; of members alone.
  els::Random random_;
};

}  // namespace els_sim
