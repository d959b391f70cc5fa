#pragma once

// Policies that count their own outstanding requests and nothing else.

#include <cstdint>
#include <vector>

#include "sim/policy.h"

namespace els_sim {

// The server with the fewest outstanding of all, ties at random.
class LeastOutstanding final : public Policy {
 public:
  explicit LeastOutstanding(const PolicySetup& setup);
  Attempt Pick(Time now) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  std::vector<std::uint32_t> outstanding_;
  els::Random random_;
};

// Of two different servers at random, the one with fewer outstanding; of
// equals, either.
class PowerOfTwo final : public Policy {
 public:
  explicit PowerOfTwo(const PolicySetup& setup);
  Attempt Pick(Time now) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  std::vector<std::uint32_t> outstanding_;
  els::Random random_;
};

}  // namespace els_sim
