#include "sim/model/gate.h"

#include <cstddef>

#include "sim/model/assemble.h"

namespace els_sim {
namespace {

void Add(const Gate::Request& request, els::Priority priority,
         LimitTally& tally) {
  PriorityTally& of = tally.priorities[static_cast<std::size_t>(priority)];
  ++of.requests;
  if (request.refused) ++of.refused;
  if (request.succeeded) ++of.succeeded;
  if (request.succeeded) ++tally.succeeded[request.access_point];
  if (!request.refused) tally.latencies.Add(request.latency);
}

}  // namespace

PriorityTally LimitTally::All() const {
  PriorityTally all;
  for (const PriorityTally& each : priorities) {
    all.requests += each.requests;
    all.refused += each.refused;
    all.succeeded += each.succeeded;
  }
  return all;
}

void LimitTally::Merge(const LimitTally& other) {
  for (std::size_t i = 0; i < priorities.size(); ++i) {
    priorities[i].requests += other.priorities[i].requests;
    priorities[i].refused += other.priorities[i].refused;
    priorities[i].succeeded += other.priorities[i].succeeded;
  }
  for (std::size_t i = 0; i < succeeded.size(); ++i) {
    succeeded[i] += other.succeeded[i];
  }
  latencies.Merge(other.latencies);
}

Gate::Gate(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      priorities_(seed, Purpose::kPriority),
      budgets_(MakeBudgets(scenario)),
      limiters_(MakeLimiters(scenario, seed)) {
  if (limiters_.empty()) return;
  const LimitTally none = {
      .succeeded = std::vector<std::uint64_t>(scenario.access_points)};
  all_ = none;
  windows_.assign(scenario.windows.size(), none);
}

void Gate::Arrive(std::uint32_t access_point, Time now) {
  if (!budgets_.empty()) budgets_[access_point]->Request(AsTimePoint(now));
}

bool Gate::MayRetry(std::uint32_t access_point, Time now) {
  return budgets_.empty() || budgets_[access_point]->TryRetry(AsTimePoint(now));
}

std::optional<std::uint32_t> Gate::TryAdmit(std::uint32_t access_point,
                                            std::uint64_t number, Time now) {
  if (limiters_.empty()) return 0;
  return limiters_[access_point]->TryAdmit(now, PriorityOf(number));
}

void Gate::Done(std::uint32_t access_point, std::uint32_t admitted,
                els::Outcome outcome, Duration latency, Time now) {
  if (limiters_.empty()) return;
  limiters_[access_point]->Done(admitted, outcome, latency, now);
}

void Gate::Ended(const Request& request) {
  if (!all_.has_value()) return;
  const els::Priority priority = PriorityOf(request.number);
  Add(request, priority, *all_);
  const Duration arrival = request.arrival.time_since_epoch();
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const Window& window = scenario_.windows[i];
    if (window.from <= arrival && arrival < window.until) {
      Add(request, priority, windows_[i]);
    }
  }
}

els::Priority Gate::PriorityOf(std::uint64_t number) const {
  const Priorities& parts = scenario_.priorities;
  if (parts.sheddable == 0 && parts.critical == 0) {
    return els::Priority::kNormal;
  }
  const double draw = priorities_.At(number).Uniform();
  if (draw < parts.sheddable) return els::Priority::kSheddable;
  return draw < parts.sheddable + parts.critical ? els::Priority::kCritical
                                                 : els::Priority::kNormal;
}

}  // namespace els_sim
