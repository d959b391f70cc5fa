#pragma once

#include <cmath>

#include "els/snapshot.h"
#include "tests/fuzz/require.h"

// Whether every number is finite and in its range.
inline void CheckNumbers(const els::BackendSnapshot& s,
                         const els::Options& options) {
  const els::Duration durations[] = {s.expected_latency,  s.latency,
                                     s.failure_cost,      s.failure_latency,
                                     s.latency_deviation, s.mean_age};
  for (const els::Duration duration : durations) {
    Require(duration >= els::Duration::zero(), "a negative duration", s.id);
  }
  for (const double number : {s.success_rate, s.overdue, s.turn, s.share,
                              s.queue, s.spared, s.parallelism}) {
    Require(std::isfinite(number), "a number that is not finite", s.id);
  }
  Require(s.success_rate > 0 && s.success_rate <= 1, "success_rate", s.id);
  Require(s.overdue >= 1, "overdue below 1", s.id);
  Require(
      s.turn >= 1 - options.turn_limit && s.turn <= 1 + options.turn_premium,
      "turn", s.id);
  Require(s.share >= 0, "a negative share", s.id);
  Require(s.queue >= 0 && s.spared >= 0, "a negative queue", s.id);
}
