#include "sim/workload.h"

#include <variant>

namespace els_sim {
namespace {

FractionalDuration GapOf(const Scenario& scenario) {
  const auto* poisson = std::get_if<PoissonArrivals>(&scenario.arrivals);
  return poisson != nullptr ? MeanGap(scenario, *poisson)
                            : FractionalDuration::zero();
}

}  // namespace

Workload::Workload(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      mean_gap_(GapOf(scenario)),
      gaps_(seed, Purpose::kGap),
      sizes_(seed, Purpose::kSize),
      access_points_(seed, Purpose::kAccessPoint),
      luck_(seed, Purpose::kFailure) {}

std::optional<Arrival> Workload::Next() {
  const std::optional<Time> time = NextTime();
  if (!time.has_value()) return std::nullopt;
  els::Random place = access_points_.At(arrived_);
  els::Random work = sizes_.At(arrived_);
  Arrival arrival = {
      .time = *time, .size = scenario_.mean_size, .luck = luck_.At(arrived_)};
  arrival.access_point =
      static_cast<std::uint32_t>(place.Below(scenario_.access_points));
  if (scenario_.size == SizeDistribution::kExponential) {
    arrival.size = Exponential(scenario_.mean_size, work);
  }
  ++arrived_;
  latest_ = *time;
  return arrival;
}

std::optional<Time> Workload::NextTime() const {
  if (const auto* burst = std::get_if<BurstArrivals>(&scenario_.arrivals)) {
    if (arrived_ == burst->requests) return std::nullopt;
    return latest_;
  }
  els::Random random = gaps_.At(arrived_);
  const Time time = latest_ + Exponential(mean_gap_, random);
  const Duration length = std::get<PoissonArrivals>(scenario_.arrivals).length;
  if (time.time_since_epoch() >= length) return std::nullopt;
  return time;
}

}  // namespace els_sim
