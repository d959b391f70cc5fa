#include "examples/demo/summary.h"

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

// The index, from 0, of the q-quantile of `size` ordered values, by nearest
// rank. REQUIRES: size > 0.
std::size_t NearestRank(double q, std::size_t size) {
  const double rank = std::ceil(q * static_cast<double>(size));
  return std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, size) - 1;
}

}  // namespace

Ranking::Ranking(std::span<const Sample> samples) {
  for (const Sample& sample : samples) {
    if (sample.ok) succeeded_.push_back(sample.latency);
  }
  failed_ = samples.size() - succeeded_.size();
  std::sort(succeeded_.begin(), succeeded_.end());
}

std::optional<Duration> Ranking::Quantile(double q) const {
  if (size() == 0) return std::nullopt;
  const std::size_t index = NearestRank(q, size());
  if (index >= succeeded_.size()) return std::nullopt;
  return succeeded_[index];
}

double Ranking::ErrorRatio() const {
  if (size() == 0) return 0;
  return static_cast<double>(failed_) / static_cast<double>(size());
}

double Share(const PolicyResult& result, std::size_t backend) {
  std::uint64_t all = 0;
  for (const BackendShare& share : result.shares) all += share.attempts;
  if (all == 0) return 0;
  return static_cast<double>(result.shares[backend].attempts) /
         static_cast<double>(all);
}

std::vector<std::vector<Sample>> BySecond(std::span<const Sample> samples) {
  std::vector<std::vector<Sample>> seconds;
  for (const Sample& sample : samples) {
    const auto second = static_cast<std::size_t>(
        std::chrono::floor<std::chrono::seconds>(sample.due).count());
    if (second >= seconds.size()) seconds.resize(second + 1);
    seconds[second].push_back(sample);
  }
  return seconds;
}

Duration GeneratorLateness(std::span<const Sample> samples, double q) {
  if (samples.empty()) return {};
  std::vector<Duration> late;
  for (const Sample& sample : samples) late.push_back(sample.late);
  std::sort(late.begin(), late.end());
  return late[NearestRank(q, late.size())];
}

}  // namespace demo
