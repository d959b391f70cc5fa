#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

#include "els/snapshot.h"

// To the last bit. Does not compile once BackendSnapshot has another number of
// fields.
inline bool AreSame(const els::BackendSnapshot& a,
                    const els::BackendSnapshot& b) {
  const auto all = [](const els::BackendSnapshot& s) {
    const auto& [id, tag, distance, weight, max_outstanding, removed,
                 expected_latency, latency, latency_deviation, failure_cost,
                 success_rate, queue, overdue, turn, crowding, outstanding,
                 answered, work, answered_work, spared, parallelism,
                 failure_latency, mean_age, share, since_outcome, usual_others,
                 since_report, retry_after, picks, successes, failures,
                 timeouts, cancelled, neutral, cut, dropped, late_finishes] = s;
    return std::tie(
        id, tag, distance, weight, max_outstanding, removed, expected_latency,
        latency, latency_deviation, failure_cost, success_rate, queue, overdue,
        turn, crowding, outstanding, answered, work, answered_work, spared,
        parallelism, failure_latency, mean_age, share, since_outcome,
        usual_others, since_report, retry_after, picks, successes, failures,
        timeouts, cancelled, neutral, cut, dropped, late_finishes);
  };
  return all(a) == all(b);
}

inline bool AreSame(const std::vector<els::BackendSnapshot>& a,
                    const std::vector<els::BackendSnapshot>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return AreSame(x, y); });
}
