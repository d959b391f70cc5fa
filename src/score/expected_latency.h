#pragma once

#include <algorithm>
#include <cstdint>

namespace els::internal {

// Everything that decides what a request to one backend is expected to cost.
struct Terms {
  double latency_s = 0;       // l: of an answer, in the mean.
  double failure_cost_s = 0;  // c: of one failed attempt.
  double failures = 0;        // 1/s - 1, at a success rate of s.
  double queue = 0;           // q: work in the way, of the mean weight.
  double overdue = 1;         // At least 1: how late the answers are.
  double turn = 1;            // Near 1: more above a fair share.
  double distance = 1;        // Set by the operator.
  double parallelism = 1;     // Divides q + 1.
  double tail_s = 0;          // What the variation of answers adds to l.
  double crowding = 1;        // By what the server has reported.

  // What overdue and turn are computed from.
  double ages_s = 0;  // The sum over the requests that are not answered yet.
  double share = 0;   // Of the recent picks, in fair shares.
  // The parts of the latency and of the success rate that are the fleet's, in
  // [0, 1].
  double prior_of_latency = 1;
  double prior_of_success = 1;
};

// Returns the seconds that an answer takes at a backend that has nothing else
// to do. At a success rate of s, 1/s - 1 attempts fail before one succeeds, so
// an answer takes l + c (1/s - 1).
inline double LatencyAlone(const Terms& terms) {
  return terms.latency_s + terms.tail_s + terms.failure_cost_s * terms.failures;
}

// Returns E in seconds, of a request of typical work. The backend does the work
// of q other requests first.
inline double ExpectedLatency(const Terms& terms) {
  const double alone_s = LatencyAlone(terms);
  const double in_line = terms.queue + 1;
  const double in_turn =
      in_line * (terms.overdue * terms.turn * terms.distance * terms.crowding);
  return terms.parallelism > 1 ? alone_s * in_turn / terms.parallelism
                               : alone_s * in_turn;
}

// Returns how late the answers of outstanding requests are, at least 1: the
// mean age of those requests in units of `factor` times the usual latency.
// Silence is evidence: a backend that no longer answers gives no other sign
// before the first timeout. `ages_s` is the sum of the ages of `waiting`
// requests whose work is `work`. Divides only where something is late.
//
// Each request may be one that takes long by itself, at odds of one to four. So
// the factor is at most 4^waiting: however long a backend is silent with a
// single request, it is tried again once others have a few. Where three of four
// servers each hold one long request, each of the three gets 21 % of what
// twelve users ask for meanwhile; without the bound they get nothing.
inline double Overdue(double ages_s, std::uint32_t waiting, double work,
                      double latency_s, double factor) {
  constexpr int kOddsOfLongBits = 2;
  constexpr std::uint32_t kNoLimit = 15;
  const double usual_s = factor * latency_s * work;
  if (ages_s <= usual_s) return 1;
  return std::min(ages_s / usual_s,
                  static_cast<double>(
                      1U << (kOddsOfLongBits * std::min(waiting, kNoLimit))));
}

// Returns the factor by which backends take turns. It is 1 at a fair share of
// the picks and grows by `slope` for each fair share above that. It is at least
// 1 - `limit` and at most 1 + `premium`.
inline double Turn(double share, double slope, double limit, double premium) {
  return 1 + std::clamp(slope * (share - 1), -limit, premium);
}

}  // namespace els::internal
