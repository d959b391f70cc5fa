#include <algorithm>
#include <cmath>

#include "els/portable_math.h"
#include "sim/traces/fit.h"
#include "sim/traces/parts.h"

namespace els_sim {
namespace {

constexpr std::uint64_t kFewestPerStretch = 50;
constexpr std::size_t kMostStretches = 20;

bool SameMean(const AttemptTally& one, const AttemptTally& other) {
  if (one.works < 2 || other.works < 2) return true;
  const double difference = std::abs(one.MeanLog() - other.MeanLog());
  const double squared_error = one.SquaredError() + other.SquaredError();
  return difference <= kErrors * std::sqrt(squared_error) ||
         difference <= kTenth;
}

bool SameFailureRate(const AttemptTally& one, const AttemptTally& other) {
  const auto n = static_cast<double>(one.successes + one.failures);
  const auto m = static_cast<double>(other.successes + other.failures);
  if (n == 0 || m == 0) return true;
  AttemptTally both = one;
  both.Add(other);
  const double rate = both.FailureRate();
  const double difference = std::abs(one.FailureRate() - other.FailureRate());
  const double squared_error = rate * (1 - rate) * (1 / n + 1 / m);
  return difference <= kErrors * std::sqrt(squared_error);
}

// One for each part of the recording; then neighbours that are the same are
// made one.
std::vector<BackendStretch> Joined(const std::vector<AttemptTally>& parts,
                                   Duration length) {
  std::vector<BackendStretch> stretches = {{.tally = parts[0]}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    BackendStretch& last = stretches.back();
    if (SameMean(last.tally, parts[i]) &&
        SameFailureRate(last.tally, parts[i])) {
      last.tally.Add(parts[i]);
      continue;
    }
    last.until = PartBegin(i, length, parts.size());
    stretches.push_back({.from = last.until, .tally = parts[i]});
  }
  return stretches;
}

// Of all stretches the one that is fastest even if chance made it so; null if
// none has work enough to say.
const AttemptTally* Fastest(const std::vector<BackendFit>& backends) {
  const auto most = [](const AttemptTally& tally) {
    return tally.MeanLog() + kErrors * std::sqrt(tally.SquaredError());
  };
  const AttemptTally* fastest = nullptr;
  for (const BackendFit& backend : backends) {
    for (const BackendStretch& stretch : backend.stretches) {
      const AttemptTally& tally = stretch.tally;
      if (tally.works < 2) continue;
      if (fastest == nullptr || most(tally) < most(*fastest)) fastest = &tally;
    }
  }
  return fastest;
}

void SetSlowness(std::vector<BackendFit>& backends) {
  const AttemptTally* const fastest = Fastest(backends);
  if (fastest == nullptr) return;
  for (BackendFit& backend : backends) {
    for (BackendStretch& stretch : backend.stretches) {
      if (SameMean(stretch.tally, *fastest)) continue;
      stretch.slowness = std::clamp(
          els::Exp(stretch.tally.MeanLog() - fastest->MeanLog()), 1e-6, 1e6);
    }
  }
}

}  // namespace

void AttemptTally::Add(const RecordedAttempt& attempt) {
  if (attempt.Succeeded()) {
    ++successes;
    if (!attempt.work.has_value()) return;
    ++works;
    const double log = els::Log(std::max(*attempt.work, 1.0));
    logs += log;
    log_squares += log * log;
  } else if (attempt.Failed()) {
    ++failures;
    if (attempt.outcome == els::Outcome::kTimeout) ++timeouts;
    if (!attempt.work.has_value()) return;
    ++waits;
    waited_ns += *attempt.work;
  }
}

void AttemptTally::Add(const AttemptTally& other) {
  successes += other.successes;
  failures += other.failures;
  timeouts += other.timeouts;
  works += other.works;
  logs += other.logs;
  log_squares += other.log_squares;
  waits += other.waits;
  waited_ns += other.waited_ns;
}

double AttemptTally::FailureRate() const {
  if (failures == 0) return 0;
  return static_cast<double>(failures) /
         static_cast<double>(successes + failures);
}

double AttemptTally::MeanLog() const {
  return works == 0 ? 0 : logs / static_cast<double>(works);
}

double AttemptTally::SquaredError() const {
  if (works < 2) return 0;
  const auto n = static_cast<double>(works);
  return std::max(log_squares / n - MeanLog() * MeanLog(), 0.0) / (n - 1);
}

AttemptTally BackendFit::All() const {
  AttemptTally all;
  for (const BackendStretch& stretch : stretches) all.Add(stretch.tally);
  return all;
}

const BackendStretch& BackendFit::At(Duration time) const {
  std::size_t i = 0;
  while (i + 1 < stretches.size() && stretches[i].until <= time) ++i;
  return stretches[i];
}

std::vector<BackendFit> FitBackends(const Recording& recording) {
  const Duration length = Length(recording);
  const std::size_t count = recording.backends.size();
  const auto parts = static_cast<std::size_t>(
      length == Duration::zero()
          ? 1
          : std::clamp<std::uint64_t>(
                recording.attempts.size() / (kFewestPerStretch * count), 1,
                kMostStretches));
  std::vector<std::vector<AttemptTally>> tallies(
      count, std::vector<AttemptTally>(parts));
  for (const RecordedAttempt& attempt : recording.attempts) {
    const std::size_t part =
        parts == 1 ? 0 : PartAt(attempt.time, length, parts);
    tallies[attempt.backend][part].Add(attempt);
  }
  std::vector<BackendFit> backends;
  for (std::size_t i = 0; i < count; ++i) {
    backends.push_back({.name = recording.backends[i],
                        .stretches = Joined(tallies[i], length)});
  }
  if (recording.work == WorkKind::kLatencies) SetSlowness(backends);
  return backends;
}

}  // namespace els_sim
