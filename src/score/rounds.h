#pragma once

#include <algorithm>
#include <cstdint>

#include "src/score/expected_latency.h"
#include "src/score/moment.h"
#include "src/score/reported.h"

namespace els::internal {

// A score falls by up to this part of itself, or the turn in it by up to
// kMostTurn, before its word is written anew.
inline constexpr double kMostFall = 0.05;
inline constexpr double kMostTurn = 0.06;

// RoundsToFall allows for a fall of the fleet's mean latency by this part in a
// memory. Fleet counts a change of that mean by this part as the rounds of one
// memory.
inline constexpr double kFollowing = 0.125;

// Returns how fast c (1/s - 1) = c failed / (succeeded + prior) may fall, in
// seconds per memory. Both sums fade alike, so the prior's part of the divisor
// grows. And c falls to that of the fleet.
inline double FailureFallSeconds(const Moment& moment, const Terms& terms) {
  return terms.failures * (terms.failure_cost_s * terms.prior_of_success +
                           terms.failure_cost_s - moment.failure_cost_s);
}

// Returns how fast what the variation costs may fall, in seconds per memory.
// The variance falls to the fleet's as the picks that it is of are forgotten,
// and its root falls half as fast. The fleet's variance is in proportion to
// the backend's own latency, which falls by `latency_fall_s`.
inline double TailFallSeconds(const Moment& moment, const Terms& terms,
                              double recent_picks, double latency_fall_s) {
  const double prior = moment.rules->prior_weight;
  return terms.tail_s * (moment.turn_pace * prior / (recent_picks + prior) / 2 +
                         latency_fall_s / terms.latency_s);
}

// Returns how often the turn falls by kMostTurn in a memory of turns. A share
// falls by its own size in a memory. One so high that the premium has its limit
// falls for a while before the turn does, and one that is near the lowest turn
// cannot fall far.
inline double TurnFalls(const Moment& moment, const Terms& terms) {
  const Rules& rules = *moment.rules;
  if (terms.turn <= 1 - rules.turn_limit + kMostTurn) return 0;
  const double slope = rules.turn_slope;
  const double above = 1 + slope * (terms.share - 1) - terms.turn;
  return slope * terms.share / (above + kMostTurn);
}

// Returns for how many rounds, from 1 to kMostRounds, the score cannot fall far
// while nothing happens to the backend. It falls as the backend's latency,
// failures and report are forgotten, as the fleet's mean falls and as the
// backend's turn comes. `terms` are those of the moment, and `recent_picks` is
// what the variance is of. `spares`: neutral answers count as part of its
// queue, which fades with the turns.
inline std::uint32_t RoundsToFall(const Moment& moment, const Terms& terms,
                                  double recent_picks, bool spares) {
  double fall_s =
      terms.prior_of_latency * std::max(terms.latency_s - moment.latency_s,
                                        kFollowing * moment.latency_s);
  if (terms.tail_s > 0)
    fall_s += TailFallSeconds(moment, terms, recent_picks, fall_s);
  if (terms.failures > 0) {
    fall_s += moment.success_pace * FailureFallSeconds(moment, terms);
  }
  const double turns =
      TurnFalls(moment, terms) + (spares ? 1 / kMostFall : 0.0);
  double falls =
      fall_s / (kMostFall * LatencyAlone(terms)) + moment.turn_pace * turns;
  if (terms.crowding > 1) {
    falls += Reported::kFadesPerMemory / kMostFall * (1 - 1 / terms.crowding);
  }
  if (falls * (kMostRounds * kMemoriesPerRound) <= 1) return kMostRounds;
  return std::max(1U,
                  static_cast<std::uint32_t>(1 / (falls * kMemoriesPerRound)));
}

}  // namespace els::internal
