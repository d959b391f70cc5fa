#pragma once

// Statistics of costs that were measured in pairs: two policies, the same
// requests.

#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace els_sim {

// A mean of logarithms of ratios over the seeds. Logarithms, so that twice as
// much and half as much cancel out.
struct LogRatio {
  double mean = 0;  // 0 of no pairs.
  // The 95 % interval is the mean and so much to both sides, by Student's t
  // with a degree of freedom less than there are pairs. Empty if there are
  // fewer than two.
  std::optional<double> half_width = {};

  double Ratio() const;
  // REQUIRES: half_width.
  double Low() const;
  double High() const;
};

// log(costs[i] / base[i]) for each pair; empty where one of them is 0, as where
// no request was sent. REQUIRES: as many of both, none negative.
std::vector<std::optional<double>> LogRatios(absl::Span<const double> costs,
                                             absl::Span<const double> base);

// Of those that are there.
LogRatio EstimateRatio(absl::Span<const std::optional<double>> log_ratios);

// How far to both sides of the mean of n normal values the 95 % interval goes,
// in standard errors that were estimated from them. REQUIRES: n >= 2.
double StudentFactor(std::size_t n);

enum class Score { kWin, kTie, kLoss };

// What is smaller than that is a tie, however sure it is: nobody would notice.
inline constexpr double kTieRatio = 1.02;

// Of the base: a loss if it costs more than kTieRatio times as much as the
// other and the interval does not hold 1, a win if the other does.
Score ScoreOf(const LogRatio& other_to_base);

// "WIN", "tie", "LOSS".
std::string_view ScoreText(Score score);

}  // namespace els_sim
