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
  // How likely a mean as far from 0 is by chance, by the same test; empty
  // likewise.
  std::optional<double> p_value = {};

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

// The p-values of tests that are made side by side, in their places, so raised
// that comparing each with 5 % errs in any of them with at most 5 % probability
// (Holm 1979): the least times their number, the next times one less, and so
// on, none below the one before, none above 1.
std::vector<std::optional<double>> HolmAdjusted(
    absl::Span<const std::optional<double>> p_values);

enum class Score { kWin, kTie, kLoss };

// What is smaller than that is a tie, however sure it is: nobody would notice.
inline constexpr double kTieRatio = 1.02;

// Of the base: a loss if it costs more than kTieRatio times as much as the
// other and `p_value` is below 5 %, a win if the other does.
Score ScoreOf(const LogRatio& other_to_base, std::optional<double> p_value);

// "WIN", "tie", "LOSS".
std::string_view ScoreText(Score score);

}  // namespace els_sim
