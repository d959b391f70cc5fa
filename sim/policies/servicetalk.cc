#include "sim/policies/servicetalk.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "els/portable_math.h"
#include "sim/policies/two_of.h"

namespace els_sim {
namespace {

std::int64_t WholeMilliseconds(Duration duration) {
  return std::min<std::int64_t>(
      std::chrono::floor<std::chrono::milliseconds>(duration).count(),
      ServiceTalk::kWorst);
}

std::int64_t RoundedUp(double value) {
  return static_cast<std::int64_t>(std::ceil(value));
}

}  // namespace

ServiceTalk::ServiceTalk(const PolicySetup& setup)
    : candidates_(setup.members),
      trackers_(candidates_.Places()),
      random_(setup.random) {}

void ServiceTalk::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  trackers_.resize(std::max(trackers_.size(), candidates_.Places()));
}

double ServiceTalk::Weight(const Tracker& tracker, Time now) {
  const FractionalDuration idle = now - tracker.updated;
  return els::Exp(-(idle / FractionalDuration(kHalfLife)) * std::numbers::ln2);
}

std::int64_t ServiceTalk::Cost(std::uint32_t server, Time now) const {
  const Tracker& tracker = trackers_[server];
  std::int64_t ms =
      RoundedUp(static_cast<double>(tracker.average_ms) * Weight(tracker, now));
  if (ms == 0) return tracker.outstanding == 0 ? 0 : kWorst;
  if (tracker.outstanding > 0 && tracker.busy_since.has_value()) {
    ms = std::max(ms, WholeMilliseconds(now - *tracker.busy_since));
  }
  return std::min(ms * (tracker.outstanding + 1), kWorst);
}

Attempt ServiceTalk::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const Pair pair = TwoOf(candidates_.Without(avoid), random_);
  const bool second = Cost(pair.second, now) < Cost(pair.first, now);
  const std::uint32_t chosen = second ? pair.second : pair.first;
  Tracker& tracker = trackers_[chosen];
  ++tracker.outstanding;
  if (!tracker.busy_since.has_value()) tracker.busy_since = now;
  return {.server = chosen};
}

void ServiceTalk::Finish(const Attempt& attempt, els::Outcome outcome,
                         Duration latency, Time now) {
  Tracker& tracker = trackers_[attempt.server];
  --tracker.outstanding;
  tracker.busy_since.reset();
  std::int64_t sample = WholeMilliseconds(latency);
  if (outcome != els::Outcome::kSuccess) {
    const std::int64_t penalty =
        outcome == els::Outcome::kCancelled ? kCancelPenalty : kFailurePenalty;
    sample = std::min(std::max(tracker.average_ms, sample) * penalty, kWorst);
  }
  // The peak is told by the average of then, not by what is left of it.
  const double weight = Weight(tracker, now);
  tracker.average_ms =
      sample > tracker.average_ms
          ? sample
          : RoundedUp(static_cast<double>(tracker.average_ms) * weight +
                      static_cast<double>(sample) * (1 - weight));
  tracker.updated = now;
}

}  // namespace els_sim
