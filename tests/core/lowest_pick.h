#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "els/balancer.h"

namespace els {

// Whether a pick made now, with nobody else at work, is within 10 % of the
// lowest expected latency of all, recomputed for every backend at this moment
// (which is what Snapshot does). REQUIRES: tags are positions in the set.
inline bool PicksTheLowest(Balancer& balancer, TimePoint now) {
  // The first pick of a moment brings the clocks and the means up to it.
  static_cast<void>(balancer.Pick(now));
  const std::vector<BackendSnapshot> before = balancer.Snapshot(now);
  const Ticket probe = balancer.Pick(now);
  Duration lowest = Duration::max();
  for (const BackendSnapshot& backend : before) {
    // One at its first-contact limit is not to be picked before it is late, and
    // need not be as soon as it is.
    const auto answers =
        static_cast<double>(backend.successes + backend.neutral);
    const double limit =
        std::exp2(answers) +
        std::chrono::duration<double>(backend.mean_age).count();
    const bool limited =
        answers < 40 && static_cast<double>(backend.outstanding) >= limit;
    const bool full = backend.max_outstanding != 0 &&
                      backend.outstanding >= backend.max_outstanding;
    if (!limited && !full) lowest = std::min(lowest, backend.expected_latency);
  }
  return before[probe.tag()].expected_latency <= lowest * 1.1;
}

}  // namespace els
