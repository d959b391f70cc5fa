#pragma once

// What the tests of policies that heed failures share.

#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "sim/model/policy.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {

// One request after the other, 10 ms apart: server 0 fails them after 1 ms, the
// others serve them in 40 ms. How many of them server 0 gets.
inline int SentToTheFailing(Policy& policy, int requests) {
  int failed = 0;
  Time now = kStart;
  for (int i = 0; i < requests; ++i, now += std::chrono::milliseconds(10)) {
    const Attempt attempt = policy.Pick(now);
    if (attempt.server == 0) {
      Fail(policy, attempt, std::chrono::milliseconds(1), now);
      ++failed;
    } else {
      Succeed(policy, attempt, std::chrono::milliseconds(40), now);
    }
  }
  return failed;
}

// Both are outstanding.
inline std::array<Attempt, 2> PickBoth(Policy& policy) {
  std::array<Attempt, 2> attempts;
  for (int i = 0; i < 2; ++i) {
    const Attempt attempt = policy.Pick(kStart);
    attempts[attempt.server] = attempt;
  }
  EXPECT_EQ(attempts[1].server, 1U);
  return attempts;
}

}  // namespace els_sim
