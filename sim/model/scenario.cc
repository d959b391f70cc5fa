#include "sim/model/scenario.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace els_sim {
namespace {

// With nothing wrong, throughout.
bool Healthy(const ServerPlan& server) {
  return server.phases.empty() && server.neutral_rate == 0 &&
         !server.pauses.has_value() && !server.noise.has_value() &&
         server.joins_at == Duration::zero() &&
         server.leaves_at == Duration::max();
}

bool Counts(const ServerPlan& server, Capacity capacity) {
  switch (capacity) {
    case Capacity::kHealthy:
      return Healthy(server);
    case Capacity::kAtStart:
      return PresentAt(server, Duration::zero());
  }
  return false;
}

}  // namespace

Phase PhaseAt(const ServerPlan& server, Duration time) {
  for (const Phase& phase : server.phases) {
    if (phase.from <= time && time < phase.until) return phase;
  }
  return {};
}

double NeutralRateAt(const ServerPlan& server, Duration time) {
  return PhaseAt(server, time).neutral_rate.value_or(server.neutral_rate);
}

std::size_t AtOnce(const ServerPlan& server) {
  const std::size_t slots = server.discipline == Discipline::kInfinite
                                ? std::numeric_limits<std::size_t>::max()
                                : server.slots;
  return std::min(slots, server.most_in_flight);
}

bool PresentAt(const ServerPlan& server, Duration time) {
  return server.joins_at <= time && time < server.leaves_at;
}

std::vector<std::size_t> Watched(const Scenario& scenario) {
  std::vector<std::size_t> watched;
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    if (!Healthy(scenario.servers[i])) watched.push_back(i);
  }
  if (!watched.empty()) return watched;
  watched.resize(scenario.servers.size());
  std::iota(watched.begin(), watched.end(), std::size_t{0});
  return watched;
}

std::uint64_t SizeClass(const Sizes& sizes, Duration size) {
  if (std::holds_alternative<BimodalSize>(sizes.shape)) {
    return IsLight(sizes, size) ? 0 : 1;
  }
  return std::bit_floor(static_cast<std::uint64_t>(size.count()));
}

double BaseRate(const Scenario& scenario, const OpenArrivals& arrivals) {
  if (arrivals.rate.has_value()) return *arrivals.rate;
  double slots = 0;
  for (const ServerPlan& server : scenario.servers) {
    if (Counts(server, arrivals.capacity)) {
      slots += static_cast<double>(server.slots);
    }
  }
  const FractionalDuration mean = scenario.sizes.mean;
  return arrivals.load * slots / (mean.count() * 1e-9);
}

}  // namespace els_sim
