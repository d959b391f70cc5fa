#include "sim/results/paired.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>

#include "els/portable_math.h"

namespace els_sim {
namespace {

constexpr double kOutside = 0.05;  // Of a 95 % interval, both sides together.

}  // namespace

double LogRatio::Ratio() const { return els::Exp(mean); }
double LogRatio::Low() const { return els::Exp(mean - *half_width); }
double LogRatio::High() const { return els::Exp(mean + *half_width); }

std::vector<std::optional<double>> LogRatios(absl::Span<const double> costs,
                                             absl::Span<const double> base) {
  std::vector<std::optional<double>> ratios(costs.size());
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i] > 0 && base[i] > 0) ratios[i] = els::Log(costs[i] / base[i]);
  }
  return ratios;
}

LogRatio EstimateRatio(absl::Span<const std::optional<double>> log_ratios) {
  std::vector<double> values;
  for (const std::optional<double>& value : log_ratios) {
    if (value.has_value()) values.push_back(*value);
  }
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  LogRatio estimate = {.mean = sum / n};
  if (values.size() < 2) return estimate;
  double squares = 0;
  for (const double value : values) {
    squares += (value - estimate.mean) * (value - estimate.mean);
  }
  estimate.half_width =
      StudentFactor(values.size()) * std::sqrt(squares / (n - 1) / n);
  return estimate;
}

double StudentFactor(std::size_t n) {
  const boost::math::students_t distribution(static_cast<double>(n - 1));
  return boost::math::quantile(
      boost::math::complement(distribution, kOutside / 2));
}

Score ScoreOf(const LogRatio& other_to_base) {
  if (!other_to_base.half_width.has_value()) return Score::kTie;
  const double tie = els::Log(kTieRatio);
  const double sure = *other_to_base.half_width;
  if (other_to_base.mean > tie && other_to_base.mean > sure) {
    return Score::kWin;
  }
  if (other_to_base.mean < -tie && -other_to_base.mean > sure) {
    return Score::kLoss;
  }
  return Score::kTie;
}

std::string_view ScoreText(Score score) {
  switch (score) {
    case Score::kWin:
      return "WIN";
    case Score::kTie:
      return "tie";
    case Score::kLoss:
      return "LOSS";
  }
  return "";
}

}  // namespace els_sim
