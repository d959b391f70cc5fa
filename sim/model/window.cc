#include "sim/model/window.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace els_sim {
namespace {

bool Within(const Window& window, Time time) {
  const Duration at = time.time_since_epoch();
  return window.from <= at && at < window.until;
}

double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0
                    : static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t Sum(const WindowResult& window,
                  absl::Span<const std::size_t> of) {
  std::uint64_t sum = 0;
  for (const std::size_t server : of) sum += window.attempts[server];
  return sum;
}

}  // namespace

WindowTally::WindowTally(const Scenario& scenario)
    : scenario_(scenario),
      results_(scenario.windows.size()),
      begun_(scenario.windows.size()),
      in_flight_(scenario.servers.size()) {
  for (WindowResult& result : results_) {
    result.attempts.resize(scenario.servers.size());
    result.peak.resize(scenario.servers.size());
    result.zones.resize(scenario.zones);
  }
}

void WindowTally::Sent(std::size_t server, std::size_t zone, Time now) {
  Begin(now);
  ++in_flight_[server];
  const bool near = scenario_.servers[server].zone == zone;
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (!Within(scenario_.windows[i], now)) continue;
    WindowResult& result = results_[i];
    ++result.attempts[server];
    ++(near ? result.zones[zone].near : result.zones[zone].far);
    result.peak[server] = std::max(result.peak[server], in_flight_[server]);
  }
}

void WindowTally::Settled(std::size_t server, Time now) {
  Begin(now);
  --in_flight_[server];
}

void WindowTally::Ended(Time arrival, Duration cost, bool failed) {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (!Within(scenario_.windows[i], arrival)) continue;
    results_[i].costs.Add(cost);
    if (failed) ++results_[i].errors;
  }
}

// Nothing has changed since the last event, so that it is not too late at the
// first one within the window.
void WindowTally::Begin(Time now) {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (begun_[i] || now.time_since_epoch() < scenario_.windows[i].from) {
      continue;
    }
    begun_[i] = true;
    results_[i].peak = in_flight_;
  }
}

double ShareOf(const WindowResult& window, absl::Span<const std::size_t> of) {
  const auto all = std::accumulate(window.attempts.begin(),
                                   window.attempts.end(), std::uint64_t{0});
  return Ratio(Sum(window, of), all);
}

double Unevenness(const WindowResult& window,
                  absl::Span<const std::size_t> of) {
  const double mean = Ratio(Sum(window, of), of.size());
  if (mean == 0) return 0;
  double worst = 0;
  for (const std::size_t server : of) {
    const auto attempts = static_cast<double>(window.attempts[server]);
    worst = std::max(worst, std::abs(attempts / mean - 1));
  }
  return worst;
}

std::uint64_t PeakOf(const WindowResult& window,
                     absl::Span<const std::size_t> of) {
  std::uint64_t peak = 0;
  for (const std::size_t server : of) {
    peak = std::max(peak, window.peak[server]);
  }
  return peak;
}

double FarShare(const WindowResult::Zone& zone) {
  return Ratio(zone.far, zone.near + zone.far);
}

double ErrorRate(const WindowResult& window) {
  return Ratio(window.errors, window.costs.count());
}

}  // namespace els_sim
