#pragma once

// Policies that learn nothing.

#include <cstdint>

#include "sim/policy.h"

namespace els_sim {

// One server after the other. Each access point begins at a random one, or all
// of them would march in step.
class RoundRobin final : public Policy {
 public:
  explicit RoundRobin(const PolicySetup& setup);
  Attempt Pick(Time now) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  const std::uint32_t servers_;
  std::uint32_t next_;
};

// Any server, all equally likely.
class RandomChoice final : public Policy {
 public:
  explicit RandomChoice(const PolicySetup& setup);
  Attempt Pick(Time now) override;
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  const std::uint32_t servers_;
  els::Random random_;
};

}  // namespace els_sim
