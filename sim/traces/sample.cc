#include "sim/traces/sample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

namespace els_sim {

Sample::Sample(std::vector<double> values) : values_(std::move(values)) {
  std::sort(values_.begin(), values_.end());
}

double Sample::Mean() const {
  if (empty()) return 0;
  return std::accumulate(values_.begin(), values_.end(), 0.0) /
         static_cast<double>(size());
}

double Sample::Scv() const {
  const double mean = Mean();
  if (mean == 0) return 0;
  double squares = 0;
  for (const double value : values_) {
    squares += (value - mean) * (value - mean);
  }
  return squares / static_cast<double>(size()) / (mean * mean);
}

double Sample::Quantile(double part) const {
  if (empty()) return 0;
  const double rank = std::ceil(part * static_cast<double>(size()));
  const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values_[std::min(place, size() - 1)];
}

double Distance(const Sample& one, const Sample& other) {
  if (one.empty() || other.empty()) return 0;
  const std::vector<double>& a = one.values();
  const std::vector<double>& b = other.values();
  double most = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const double value = std::min(a[i], b[j]);
    while (i < a.size() && a[i] == value) ++i;
    while (j < b.size() && b[j] == value) ++j;
    most = std::max(
        most, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                       static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return most;
}

double DistanceByChance(const Sample& one, const Sample& other) {
  if (one.empty() || other.empty()) return 1;
  // sqrt(-ln(0.05 / 2) / 2), of Kolmogorov's distribution.
  constexpr double kOneOfTwenty = 1.358;
  const auto n = static_cast<double>(one.size());
  const auto m = static_cast<double>(other.size());
  return std::min(kOneOfTwenty * std::sqrt((n + m) / (n * m)), 1.0);
}

}  // namespace els_sim
