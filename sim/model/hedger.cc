#include "sim/model/hedger.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"

namespace els_sim {

using Kind = HedgePlan::Kind;

Hedger::Hedger(const Scenario& scenario) : scenario_(scenario) {
  if (!scenario.hedge.has_value() || scenario.hedge->kind != Kind::kLearnt) {
    return;
  }
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    timers_.push_back(
        std::make_unique<els::HedgeTimer>(scenario.hedge->options));
  }
}

void Hedger::Begin(Request& request, Time now) {
  if (timers_.empty()) return;
  const Arrival& arrival = request.arrival;
  const std::string key =
      scenario_.work == WorkTold::kKey
          ? absl::StrCat(SizeClass(scenario_.sizes, arrival.size))
          : std::string();
  request.hedge = timers_[arrival.access_point]->Start(key, AsTimePoint(now));
}

std::optional<Duration> Hedger::DelayOf(const Request& request) const {
  if (!scenario_.hedge.has_value()) return std::nullopt;
  switch (scenario_.hedge->kind) {
    case Kind::kNone:
      return std::nullopt;
    case Kind::kFixed:
      return scenario_.hedge->delay;
    case Kind::kLearnt:
      return request.hedge.delay();
  }
  return std::nullopt;
}

bool Hedger::TrySend(Request& request) {
  return timers_.empty() || request.hedge.TrySend();
}

void Hedger::Done(Request& request, els::Outcome outcome, Time now) {
  request.hedge.Done(outcome, AsTimePoint(now));
}

}  // namespace els_sim
