#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "sim/traces/fit.h"
#include "sim/traces/parts.h"

namespace els_sim {
namespace {

constexpr std::uint64_t kFewestPerStep = 100;
constexpr std::size_t kMostSteps = 100;
constexpr double kConstantScv = 0.25;

bool SameRate(double count, double length, double other, double other_length) {
  const double rate = count / length;
  const double other_rate = other / other_length;
  const double difference = std::abs(rate - other_rate);
  const double squared_error =
      count / (length * length) + other / (other_length * other_length);
  return difference <= kErrors * std::sqrt(squared_error) ||
         difference <= kTenth * std::max(rate, other_rate);
}

// Steps of the rate, relative to `rate`.
std::vector<ProfilePoint> FitSteps(const Recording& recording, Duration length,
                                   double rate) {
  const auto parts = static_cast<std::size_t>(std::clamp<std::uint64_t>(
      recording.requests / kFewestPerStep, 1, kMostSteps));
  std::vector<double> counts(parts);
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (attempt.first) ++counts[PartAt(attempt.time, length, parts)];
  }
  std::vector<ProfilePoint> steps;
  std::size_t begin = 0;
  double count = counts[0];
  for (std::size_t i = 1; i <= parts; ++i) {
    const auto before = static_cast<double>(i - begin);
    if (i < parts && SameRate(count, before, counts[i], 1)) {
      count += counts[i];
      continue;
    }
    const double seconds = Nanoseconds(length) / kNanosecondsPerSecond *
                           before / static_cast<double>(parts);
    steps.push_back({.at = PartBegin(begin, length, parts),
                     .times = count / seconds / rate});
    begin = i;
    if (i < parts) count = counts[i];
  }
  if (steps.size() == 1) steps.clear();
  return steps;
}

// Of the gaps, each relative to the rate of its time.
double GapScv(const Recording& recording,
              const std::vector<ProfilePoint>& steps) {
  double sum = 0;
  double squares = 0;
  double gaps = 0;
  std::size_t step = 0;
  std::optional<Duration> before;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (!attempt.first) continue;
    while (step + 1 < steps.size() && steps[step + 1].at <= attempt.time) {
      ++step;
    }
    if (before.has_value()) {
      const double gap = Nanoseconds(attempt.time - *before) *
                         (steps.empty() ? 1 : steps[step].times);
      ++gaps;
      sum += gap;
      squares += gap * gap;
    }
    before = attempt.time;
  }
  return squares * gaps / (sum * sum) - 1;
}

}  // namespace

absl::StatusOr<ArrivalsFit> FitArrivals(const Recording& recording) {
  const Duration last = Length(recording);
  if (last == Duration::zero()) {
    return absl::InvalidArgumentError(
        recording.path + ": all requests came at once; that is no rate");
  }
  // What follows the last request is as long as the mean gap.
  const double gap = Nanoseconds(last) /
                     std::max(static_cast<double>(recording.requests) - 1, 1.0);
  const Duration length = last + Duration(std::llround(gap));
  const double rate = static_cast<double>(recording.requests) /
                      Nanoseconds(length) * kNanosecondsPerSecond;
  ArrivalsFit fit = {.length = length, .rate = rate};
  fit.steps = FitSteps(recording, length, rate);
  if (GapScv(recording, fit.steps) < kConstantScv) fit.gaps = Gaps::kConstant;
  return fit;
}

}  // namespace els_sim
