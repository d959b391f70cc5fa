#include "sim/model/workload.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "els/portable_math.h"

namespace els_sim {

Workload::Workload(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      open_(std::get_if<OpenArrivals>(&scenario.arrivals)),
      closed_(std::get_if<ClosedArrivals>(&scenario.arrivals)),
      size_sampler_(scenario.sizes),
      gaps_(seed, Purpose::kGap),
      sizes_(seed, Purpose::kSize),
      access_points_(seed, Purpose::kAccessPoint),
      luck_(seed, Purpose::kFailure),
      thinking_(seed, Purpose::kThink) {
  if (open_ == nullptr) return;
  rate_.emplace(BaseRate(scenario, *open_), *open_,
                Stream(seed, Purpose::kOnOff).At(0));
}

std::optional<Arrival> Workload::Next() {
  const std::optional<Time> time = NextTime();
  if (!time.has_value()) return std::nullopt;
  return Make(*time);
}

std::optional<Arrival> Workload::After(const Arrival& last, Time now) {
  if (closed_ == nullptr || arrived_ >= closed_->requests) return std::nullopt;
  els::Random random = thinking_.At(arrived_);
  Arrival next = Make(now + Exponential(closed_->mean_think, random));
  next.user = last.user;
  next.access_point = last.access_point;
  return next;
}

// Of those that wait for no other.
std::optional<Time> Workload::NextTime() {
  if (const auto* burst = std::get_if<BurstArrivals>(&scenario_.arrivals)) {
    if (arrived_ == burst->requests) return std::nullopt;
    return Time();
  }
  if (const auto* trace = std::get_if<TraceArrivals>(&scenario_.arrivals)) {
    if (arrived_ == trace->times->size()) return std::nullopt;
    return Time((*trace->times)[arrived_]);
  }
  if (closed_ != nullptr) {
    if (arrived_ == std::min<std::uint64_t>(closed_->users, closed_->requests))
      return std::nullopt;
    return Time();
  }
  // A constant stream begins at once.
  if (open_->gaps == Gaps::kConstant) return rate_->Advance(arrived_ > 0);
  els::Random random = gaps_.At(arrived_);
  return rate_->Advance(-els::Log(1 - random.Uniform()));
}

Arrival Workload::Make(Time time) {
  els::Random work = sizes_.At(arrived_);
  Arrival arrival = {.time = time,
                     .size = size_sampler_.Draw(work, arrived_),
                     .luck = luck_.At(arrived_)};
  if (closed_ == nullptr) {
    arrival.access_point = AccessPoint(access_points_.At(arrived_));
  } else {
    arrival.user = static_cast<std::uint32_t>(arrived_);
    arrival.access_point =
        static_cast<std::uint32_t>(arrived_ % scenario_.access_points);
  }
  ++arrived_;
  return arrival;
}

std::uint32_t Workload::AccessPoint(els::Random place) const {
  const std::size_t all = scenario_.access_points;
  if (!scenario_.skew.has_value() || all == 1) {
    return static_cast<std::uint32_t>(place.Below(all));
  }
  // At least one of either kind.
  const auto heavy = std::clamp<std::size_t>(
      static_cast<std::size_t>(
          std::round(scenario_.skew->heavy * static_cast<double>(all))),
      1, all - 1);
  const bool is_heavy = place.Uniform() < scenario_.skew->share;
  return static_cast<std::uint32_t>(
      is_heavy ? place.Below(heavy) : heavy + place.Below(all - heavy));
}

}  // namespace els_sim
