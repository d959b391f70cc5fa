#pragma once

#include <cstdint>

namespace els::internal {

// Everything that decides what a request to one backend is expected to cost.
struct Terms {
  double latency_s = 0;          // l: of an answer, in the mean.
  double failure_cost_s = 0;     // c: of one failed attempt.
  double success_rate = 1;       // s: in (0, 1].
  std::int64_t outstanding = 0;  // q
  double overdue = 1;            // At least 1: what is owed is late by this.
  double turn = 1;               // About 1: above a fair share more.
  double distance = 1;           // Set by the operator.
};

// E in seconds. With a success rate of s, 1/s - 1 attempts fail before the one
// that succeeds, so that an answer takes l + c (1/s - 1); and the backend first
// has q others to answer.
double ExpectedLatency(const Terms& terms);

// How much the outstanding requests are late: their mean age in units of
// `factor` times the latency that is usual, and at least 1. Silence is
// evidence: a backend that no longer answers gives no other sign before the
// first timeout.
double Overdue(double mean_age_s, double latency_s, double factor);

// The factor by which near-equals take turns: 1 at a fair share of the picks,
// `slope` more for each fair share above it, and never more than `limit` away
// from 1.
double Turn(double share, double slope, double limit);

}  // namespace els::internal
