#pragma once

// What the tests of policies share.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "sim/policy.h"

namespace els_sim {

inline constexpr Time kStart;

inline PolicySetup SetupOf(std::size_t servers, std::uint64_t seed = 1) {
  return {.servers = servers, .random = els::Random(seed)};
}

inline void Succeed(Policy& policy, const Attempt& attempt,
                    Duration latency = std::chrono::milliseconds(40),
                    Time now = kStart) {
  policy.Finish(attempt, els::Outcome::kSuccess, latency, now);
}

}  // namespace els_sim
