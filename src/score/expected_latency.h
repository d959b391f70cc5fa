#pragma once

#include <algorithm>
#include <cstdint>

namespace els::internal {

// Everything that decides what a request to one backend is expected to cost.
struct Terms {
  double latency_s = 0;          // l: of an answer, in the mean.
  double failure_cost_s = 0;     // c: of one failed attempt.
  double failures = 0;           // 1/s - 1, at a success rate of s.
  std::int64_t outstanding = 0;  // q
  double overdue = 1;            // At least 1: what is owed is late by this.
  double turn = 1;               // About 1: above a fair share more.
  double distance = 1;           // Set by the operator.

  // What overdue and turn are made of.
  double ages_s = 0;  // The sum over the requests that are not answered yet.
  double share = 0;   // Of the picks, in fair shares.
  // How much of the latency and of the success rate is the fleet's, in [0, 1].
  double prior_of_latency = 1;
  double prior_of_success = 1;
};

// What an answer takes of a backend that has nothing else to do. With a success
// rate of s, 1/s - 1 attempts fail before the one that succeeds, so that it
// takes l + c (1/s - 1).
inline double LatencyAlone(const Terms& terms) {
  return terms.latency_s + terms.failure_cost_s * terms.failures;
}

// E in seconds: the backend first has q others to answer.
inline double ExpectedLatency(const Terms& terms) {
  const auto in_line = static_cast<double>(terms.outstanding + 1);
  return LatencyAlone(terms) *
         (in_line * (terms.overdue * terms.turn * terms.distance));
}

// How much the outstanding requests are late: their mean age in units of
// `factor` times the latency that is usual, and at least 1. Silence is
// evidence: a backend that no longer answers gives no other sign before the
// first timeout. `ages_s` is the sum of the ages of `waiting` requests. Without
// a division where nothing is late.
inline double Overdue(double ages_s, std::uint32_t waiting, double latency_s,
                      double factor) {
  const double usual_s = factor * latency_s * waiting;
  return ages_s > usual_s ? ages_s / usual_s : 1;
}

// The factor by which near-equals take turns: 1 at a fair share of the picks,
// `slope` more for each fair share above it, and never more than `limit` away
// from 1.
inline double Turn(double share, double slope, double limit) {
  return 1 + std::clamp(slope * (share - 1), -limit, limit);
}

}  // namespace els::internal
