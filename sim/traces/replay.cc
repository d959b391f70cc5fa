#include "sim/traces/replay.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/files/checker.h"
#include "sim/files/offered.h"
#include "sim/traces/fit.h"
#include "sim/traces/parts.h"

namespace els_sim {
namespace {

absl::Status Wrong(const Recording& recording, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(recording.path, ": ", what));
}

absl::StatusOr<TraceArrivals> ArrivalsOf(const Recording& recording,
                                         double faster) {
  std::vector<Duration> times;
  times.reserve(recording.requests);
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (!attempt.first) continue;
    const FractionalDuration sooner = FractionalDuration(attempt.time) / faster;
    if (sooner > kLongest) {
      return Wrong(recording, "so slowly it lasts longer than a day");
    }
    times.push_back(faster == 1 ? attempt.time : Rounded(sooner));
  }
  return TraceArrivals{
      std::make_shared<const std::vector<Duration>>(std::move(times))};
}

struct Sizing {
  std::vector<double> values;
  std::size_t borrowed = 0;  // From the request before.
};

// Empty if nobody knows. `backends` are needed for latencies.
std::optional<double> SizeOf(const RecordedAttempt& attempt,
                             const std::vector<BackendFit>& backends) {
  if (backends.empty() || !attempt.work.has_value()) return attempt.work;
  if (!attempt.Succeeded()) return std::nullopt;
  return *attempt.work / backends[attempt.backend].At(attempt.time).slowness;
}

// Empty if no request says how large it is.
std::optional<Sizing> SizesOf(const Recording& recording) {
  std::vector<BackendFit> backends;
  if (recording.work == WorkKind::kLatencies) backends = FitBackends(recording);
  Sizing sizes;
  std::optional<double> last;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (!attempt.first) continue;
    const std::optional<double> size = SizeOf(attempt, backends);
    if (size.has_value() && !last.has_value()) {
      // Those before the first that is known are as large as it is.
      std::fill(sizes.values.begin(), sizes.values.end(), *size);
    }
    if (size.has_value()) last = size;
    sizes.borrowed += size.has_value() ? 0 : 1;
    sizes.values.push_back(last.value_or(0));
  }
  if (!last.has_value()) return std::nullopt;
  return sizes;
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double RateOf(const Scenario& scenario) {
  if (const auto* trace = std::get_if<TraceArrivals>(&scenario.arrivals)) {
    const auto gaps = static_cast<double>(trace->times->size() - 1);
    return gaps / (Nanoseconds(trace->times->back()) * 1e-9);
  }
  const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
  return open == nullptr ? 0 : BaseRate(scenario, *open);
}

// What a server does at once, all day; 0 if a server has no load.
double SlotsOf(const Scenario& scenario) {
  for (const ServerPlan& server : scenario.servers) {
    if (server.discipline == Discipline::kInfinite) return 0;
  }
  return WorkingSlots(scenario, Duration::zero());
}

absl::Status SetLoadOf(double load, const Recording& recording,
                       Scenario& scenario) {
  if (!std::holds_alternative<TraceArrivals>(scenario.arrivals)) {
    return Wrong(recording, "has no times, so that --load has no rate");
  }
  const double rate = RateOf(scenario);
  const double slots = SlotsOf(scenario);
  if (!std::isfinite(rate) || !(rate > 0)) {
    return Wrong(recording, "all requests came at once; that is no load");
  }
  if (slots == 0) {
    return Wrong(recording,
                 absl::StrCat("--load: the servers of ", scenario.name,
                              " have no load: they are infinite, or none "
                              "works at the start"));
  }
  scenario.sizes.mean = Rounded(FractionalDuration(
      std::min(load * slots / rate * 1e9, Nanoseconds(kLongest) + 1)));
  return absl::OkStatus();
}

absl::Status SetSizes(const Recording& recording, Sizing sizes,
                      Scenario& scenario) {
  const double mean = Mean(sizes.values);
  if (!(mean > 0)) return Wrong(recording, "all requests take no time");
  if (recording.work != WorkKind::kSizes) {
    if (mean > Nanoseconds(kLongest)) {
      return Wrong(recording, "requests take more than a day in the mean");
    }
    scenario.sizes.mean = Rounded(FractionalDuration(mean));
  }
  scenario.sizes.shape = RecordedSize{
      std::make_shared<const std::vector<double>>(std::move(sizes.values))};
  return absl::OkStatus();
}

// In ns; 0 if sizes are not recorded.
double Largest(const Scenario& scenario) {
  const auto* sizes = std::get_if<RecordedSize>(&scenario.sizes.shape);
  if (sizes == nullptr) return 0;
  return *std::max_element(sizes->values->begin(), sizes->values->end()) /
         Mean(*sizes->values) * Nanoseconds(scenario.sizes.mean);
}

std::string SizesStory(const Recording& recording,
                       const std::optional<Sizing>& sizes) {
  if (!sizes.has_value()) return "sizes are the scenario's";
  if (recording.work == WorkKind::kSizes) {
    return "sizes are recorded, with the scenario's mean";
  }
  std::string text = recording.work == WorkKind::kLatencies
                         ? "service times are the recorded latencies"
                         : "service times are declared";
  if (sizes->borrowed > 0) {
    absl::StrAppend(&text, " (", sizes->borrowed,
                    " without one have that of the request before)");
  }
  return text;
}

std::string Story(const Recording& recording,
                  const std::optional<Sizing>& sizes,
                  const Scenario& scenario) {
  std::string text =
      absl::StrFormat("%s: %d requests", recording.path, recording.requests);
  const double rate = RateOf(scenario);
  if (recording.has_times && std::isfinite(rate)) {
    absl::StrAppendFormat(&text, ", %.6g a second", rate);
  }
  absl::StrAppendFormat(&text, "; %s, mean %s", SizesStory(recording, sizes),
                        Text(scenario.sizes.mean));
  const double slots = SlotsOf(scenario);
  if (slots > 0 && rate > 0 && std::isfinite(rate)) {
    absl::StrAppendFormat(
        &text, ", load %.2f",
        rate * Nanoseconds(scenario.sizes.mean) * 1e-9 / slots);
  }
  return text + "\n";
}

}  // namespace

absl::StatusOr<std::string> Replay(const Recording& recording,
                                   const ReplayOptions& options,
                                   Scenario& scenario) {
  std::optional<Sizing> sizes = SizesOf(recording);
  if (!recording.has_times && !sizes.has_value()) {
    return Wrong(recording, "has neither times nor sizes to replay");
  }
  if (recording.has_times) {
    const auto arrivals = ArrivalsOf(recording, options.times_faster);
    if (!arrivals.ok()) return arrivals.status();
    scenario.arrivals = *arrivals;
  }
  if (sizes.has_value()) {
    absl::Status set =
        SetSizes(recording, {std::exchange(sizes->values, {}), 0}, scenario);
    if (!set.ok()) return set;
  }
  if (options.load.has_value()) {
    absl::Status set = SetLoadOf(*options.load, recording, scenario);
    if (!set.ok()) return set;
  }
  if (Largest(scenario) > Nanoseconds(kLongest)) {
    return Wrong(recording, "a request takes more than a day");
  }
  const std::string wrong = WhatIsWrong(scenario);
  if (!wrong.empty())
    return Wrong(recording, "makes a scenario whose " + wrong);
  return Story(recording, sizes, scenario);
}

}  // namespace els_sim
