#include "sim/policies/probe_pool.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/policies/least_of.h"

namespace els_sim {
namespace {

// Orders cold before hot, cold ones by latency and hot ones by what is in
// flight there: the least is chosen, and the greatest is the worst.
std::pair<bool, double> Badness(const Probe& probe, std::size_t hot_above) {
  const bool hot = probe.in_flight > hot_above;
  return {hot, hot ? static_cast<double>(probe.in_flight) : probe.latency};
}

auto ProbeOf(std::vector<Probe>& probes, std::uint32_t server) {
  return std::find_if(
      probes.begin(), probes.end(),
      [server](const Probe& probe) { return probe.server == server; });
}

}  // namespace

std::size_t HotAbove(std::vector<std::size_t> in_flight, double quantile) {
  const double rank =
      std::ceil(quantile * static_cast<double>(in_flight.size()));
  const auto nth = in_flight.begin() + (static_cast<std::ptrdiff_t>(rank) - 1);
  std::nth_element(in_flight.begin(), nth, in_flight.end());
  return *nth;
}

void ProbePool::Add(const Probe& probe) {
  const auto earlier = ProbeOf(probes_, probe.server);
  if (earlier != probes_.end()) probes_.erase(earlier);
  if (probes_.size() == kSize) RemoveOldest();
  probes_.push_back(probe);
}

void ProbePool::DropReceivedBy(Time time) {
  std::erase_if(probes_,
                [time](const Probe& probe) { return probe.received <= time; });
}

void ProbePool::DropAllBut(const Candidates& members) {
  std::erase_if(probes_, [&members](const Probe& probe) {
    return !members.Has(probe.server);
  });
}

std::optional<std::uint32_t> ProbePool::Choose(
    absl::Span<const std::uint32_t> servers, std::size_t hot_above,
    els::Random& random) {
  usable_.clear();
  for (std::uint32_t i = 0; i < probes_.size(); ++i) {
    if (std::find(servers.begin(), servers.end(), probes_[i].server) !=
        servers.end()) {
      usable_.push_back(i);
    }
  }
  if (usable_.size() < 2) return std::nullopt;
  const std::uint32_t best = LeastOf(
      usable_, [&](std::uint32_t i) { return Badness(probes_[i], hot_above); },
      random);
  return probes_[best].server;
}

void ProbePool::Use(std::uint32_t server) {
  const auto probe = ProbeOf(probes_, server);
  ++probe->in_flight;
  if (--probe->uses == 0) probes_.erase(probe);
}

void ProbePool::RemoveOldest() {
  if (!probes_.empty()) probes_.erase(probes_.begin());
}

void ProbePool::RemoveWorst(std::size_t hot_above) {
  const auto worst = std::max_element(
      probes_.begin(), probes_.end(), [=](const Probe& a, const Probe& b) {
        return Badness(a, hot_above) < Badness(b, hot_above);
      });
  if (worst != probes_.end()) probes_.erase(worst);
}

}  // namespace els_sim
