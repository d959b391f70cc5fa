#include "sim/traces/fit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"

namespace els_sim {
namespace {

constexpr std::size_t kMostQuantiles = 1000;

// What makes the mean of the last part what it is: the most of all would make
// it too long where the tail is, and so move what `parts` cannot show.
double Top(const std::vector<double>& values, std::size_t begin) {
  double sum = 0;
  for (std::size_t i = begin; i < values.size(); ++i) sum += values[i];
  const double mean = sum / static_cast<double>(values.size() - begin);
  return std::max(2 * mean - values[begin], values[begin]);
}

std::vector<double> Quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t last = values.size() - 1;
  const std::size_t parts = std::clamp<std::size_t>(last, 1, kMostQuantiles);
  std::vector<double> quantiles;
  for (std::size_t i = 0; i < parts; ++i) {
    quantiles.push_back(values[(2 * i * last + parts) / (2 * parts)]);
  }
  const std::size_t begin = (2 * (parts - 1) * last + parts) / (2 * parts);
  quantiles.push_back(Top(values, begin));
  for (double& quantile : quantiles) {
    // A scenario's sizes are above 0.
    quantile = std::max(quantile, 1.0) / kNanosecondsPerMillisecond;
  }
  return quantiles;
}

std::vector<double> Works(const Recording& recording,
                          const std::vector<BackendFit>& backends) {
  std::vector<double> works;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (!attempt.work.has_value()) continue;
    if (recording.work == WorkKind::kDeclared) {
      works.push_back(*attempt.work);
    } else if (attempt.Succeeded()) {
      works.push_back(*attempt.work /
                      backends[attempt.backend].At(attempt.time).slowness);
    }
  }
  return works;
}

// So that the model gives nothing up that was waited for.
std::optional<Duration> FitTimeout(const Recording& recording) {
  if (recording.work != WorkKind::kLatencies) return std::nullopt;
  double longest = 0;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (attempt.outcome != els::Outcome::kTimeout) continue;
    longest = std::max(longest, attempt.work.value_or(0));
  }
  if (longest == 0) return std::nullopt;
  return Rounded(FractionalDuration(longest));
}

absl::StatusOr<ArrivalsFit> ArrivalsOf(const Recording& recording,
                                       std::optional<double> rate) {
  const bool is_long =
      recording.has_times && Length(recording) > Duration::zero();
  if (is_long) return FitArrivals(recording);
  if (!rate.has_value()) {
    return absl::InvalidArgumentError(recording.path +
                                      (recording.has_times
                                           ? ": all requests came at once"
                                           : ": has no times") +
                                      "; give --rate, in requests per second");
  }
  return ArrivalsFit{
      .length = Duration(std::llround(static_cast<double>(recording.requests) /
                                      *rate * kNanosecondsPerSecond)),
      .rate = *rate};
}

}  // namespace

absl::StatusOr<TraceFit> FitTrace(const Recording& recording,
                                  std::optional<double> rate) {
  TraceFit fit;
  auto arrivals = ArrivalsOf(recording, rate);
  if (!arrivals.ok()) return arrivals.status();
  fit.arrivals = *std::move(arrivals);
  if (recording.work == WorkKind::kNothing ||
      recording.work == WorkKind::kSizes) {
    return absl::InvalidArgumentError(
        recording.path +
        ": has no latencies; give --service, such as 40ms or 0.2ms*size");
  }
  fit.backends = FitBackends(recording);
  std::vector<double> works = Works(recording, fit.backends);
  if (works.empty()) {
    return absl::InvalidArgumentError(recording.path +
                                      ": no success has a latency");
  }
  fit.quantiles_ms = Quantiles(std::move(works));
  fit.timeout = FitTimeout(recording);
  for (BackendFit& backend : fit.backends) {
    for (BackendStretch& stretch : backend.stretches) {
      const AttemptTally& tally = stretch.tally;
      stretch.silent = fit.timeout.has_value() && tally.successes == 0 &&
                       tally.timeouts > 0 && tally.timeouts == tally.failures;
    }
  }
  return fit;
}

}  // namespace els_sim
