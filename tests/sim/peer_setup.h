#pragma once

// What the tests of peers share.

#include <chrono>
#include <cstdint>
#include <vector>

#include "sim/model/policy.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {

// Makes it the only one to choose.
inline Attempt PickOnly(Policy& policy, std::uint32_t server,
                        std::uint32_t servers, Time now = kStart) {
  std::vector<std::uint32_t> others;
  for (std::uint32_t i = 0; i < servers; ++i) {
    if (i != server) others.push_back(i);
  }
  return policy.Pick(now, others);
}

inline void TimeOut(Policy& policy, const Attempt& attempt, Time now = kStart) {
  policy.Finish(attempt, els::Outcome::kTimeout, std::chrono::seconds(1), now);
}

inline double InMilliseconds(FractionalDuration duration) {
  return duration / std::chrono::milliseconds(1);
}

}  // namespace els_sim
