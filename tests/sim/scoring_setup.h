#pragma once

// What the tests of peers that score their servers share.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "sim/model/policy.h"
#include "tests/sim/peer_setup.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {

inline constexpr els::Outcome kFails = els::Outcome::kFailure;

// Of servers 0 to 9, the one that is asked for.
inline Attempt PickAt(Policy& policy, std::uint32_t server, Time now = kStart) {
  const Attempt attempt = PickOnly(policy, server, 10, now);
  EXPECT_EQ(attempt.server, server);
  return attempt;
}

// A request to `server` that starts at `start`.
inline void Request(Policy& policy, std::uint32_t server, Duration latency,
                    els::Outcome outcome = els::Outcome::kSuccess,
                    Time start = kStart) {
  const Attempt attempt = PickAt(policy, server, start);
  policy.Finish(attempt, outcome, latency, start + latency);
}

// How many of `picks` requests, each over in the instant and told of as
// cancelled, go to server 0.
inline int PicksOfFirst(Policy& policy, int picks, Time now = kStart) {
  int first = 0;
  for (int i = 0; i < picks; ++i) {
    const Attempt attempt = policy.Pick(now);
    if (attempt.server == 0) ++first;
    policy.Finish(attempt, els::Outcome::kCancelled, {}, now);
  }
  return first;
}

// Two servers; the second has half the weight.
inline PolicySetup FarSecond() {
  PolicySetup setup = SetupOf(2);
  setup.members[1].distance = 2;
  return setup;
}

}  // namespace els_sim
