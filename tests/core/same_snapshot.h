#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

#include "els/snapshot.h"

// To the last bit.
inline bool AreSame(const els::BackendSnapshot& a,
                    const els::BackendSnapshot& b) {
  const auto all = [](const els::BackendSnapshot& s) {
    return std::tie(s.id, s.tag, s.distance, s.removed, s.expected_latency,
                    s.latency, s.failure_cost, s.success_rate, s.outstanding,
                    s.overdue, s.turn, s.failure_latency, s.mean_age, s.share,
                    s.since_outcome, s.picks, s.successes, s.failures,
                    s.timeouts, s.cancelled, s.dropped, s.late_finishes);
  };
  return all(a) == all(b);
}

inline bool AreSame(const std::vector<els::BackendSnapshot>& a,
                    const std::vector<els::BackendSnapshot>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return AreSame(x, y); });
}
