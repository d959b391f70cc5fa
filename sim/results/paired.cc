#include "sim/results/paired.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>

#include "els/portable_math.h"

namespace els_sim {
namespace {

constexpr double kOutside = 0.05;  // Of a 95 % interval, both sides together.

// Of a mean of so many values with this standard error, if it should be 0.
double PValue(double mean, double error, double n) {
  if (mean == 0) return 1;
  if (error == 0) return 0;
  const boost::math::students_t distribution(n - 1);
  return 2 * boost::math::cdf(
                 boost::math::complement(distribution, std::abs(mean) / error));
}

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
  const double error = std::sqrt(squares / (n - 1) / n);
  estimate.half_width = StudentFactor(values.size()) * error;
  estimate.p_value = PValue(estimate.mean, error, n);
  return estimate;
}

double StudentFactor(std::size_t n) {
  const boost::math::students_t distribution(static_cast<double>(n - 1));
  return boost::math::quantile(
      boost::math::complement(distribution, kOutside / 2));
}

std::vector<std::optional<double>> HolmAdjusted(
    absl::Span<const std::optional<double>> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i].has_value()) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return *p_values[a] < *p_values[b];
                   });
  std::vector<std::optional<double>> adjusted(p_values.size());
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    least = std::clamp(left * *p_values[order[i]], least, 1.0);
    adjusted[order[i]] = least;
  }
  return adjusted;
}

Score ScoreOf(const LogRatio& other_to_base, std::optional<double> p_value) {
  if (!p_value.has_value() || *p_value >= kOutside) return Score::kTie;
  const double tie = els::Log(kTieRatio);
  if (other_to_base.mean > tie) return Score::kWin;
  if (other_to_base.mean < -tie) return Score::kLoss;
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
