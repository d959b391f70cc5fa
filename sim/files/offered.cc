#include "sim/files/offered.h"

#include <algorithm>
#include <limits>

namespace els_sim {
namespace {

// The point that rules `time`; null before the first.
const ProfilePoint* Ruling(const std::vector<ProfilePoint>& profile,
                           Duration time) {
  const ProfilePoint* ruling = nullptr;
  for (const ProfilePoint& point : profile) {
    if (point.at <= time) ruling = &point;
  }
  return ruling;
}

// What `ruling` makes of `time`, its own end among them.
double TimesFrom(const std::vector<ProfilePoint>& profile,
                 const ProfilePoint* ruling, Duration time) {
  if (ruling == nullptr) return 1;
  const ProfilePoint* const next = ruling + 1;
  if (!ruling->ramp || next == profile.data() + profile.size()) {
    return ruling->times;
  }
  const double part =
      Nanoseconds(time - ruling->at) / Nanoseconds(next->at - ruling->at);
  return ruling->times + part * (next->times - ruling->times);
}

// The times in [0, length) at which the load may step, or change its slope.
std::vector<Duration> Changes(const Scenario& scenario,
                              const OpenArrivals& arrivals) {
  std::vector<Duration> changes = {Duration::zero(), arrivals.length};
  for (const ProfilePoint& point : arrivals.profile) {
    changes.push_back(point.at);
  }
  for (const ServerPlan& server : scenario.servers) {
    changes.push_back(server.joins_at);
    changes.push_back(server.leaves_at);
    for (const Phase& phase : server.phases) {
      changes.push_back(phase.from);
      changes.push_back(phase.until);
    }
  }
  std::erase_if(changes, [&](Duration change) {
    return change < Duration::zero() || change > arrivals.length;
  });
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  return changes;
}

Offered Of(const Scenario& scenario, const OpenArrivals& arrivals,
           Duration time, double times, double slots) {
  Offered offered = {.at = time};
  offered.rate =
      BaseRate(scenario, arrivals) * times * MeanTimes(arrivals.on_off);
  const double work = offered.rate * Nanoseconds(scenario.sizes.mean) * 1e-9;
  offered.load =
      slots > 0 ? work / slots : std::numeric_limits<double>::infinity();
  return offered;
}

}  // namespace

double TimesAt(const std::vector<ProfilePoint>& profile, Duration time) {
  return TimesFrom(profile, Ruling(profile, time), time);
}

double TimesBefore(const std::vector<ProfilePoint>& profile, Duration time) {
  return TimesFrom(profile, Ruling(profile, time - Duration(1)), time);
}

double MeanTimes(const std::vector<ProfilePoint>& profile, Duration length) {
  std::vector<Duration> ends = {Duration::zero()};
  for (const ProfilePoint& point : profile) {
    if (point.at > ends.back() && point.at < length) ends.push_back(point.at);
  }
  ends.push_back(length);
  double sum = 0;
  for (std::size_t i = 1; i < ends.size(); ++i) {
    sum += Nanoseconds(ends[i] - ends[i - 1]) *
           (TimesAt(profile, ends[i - 1]) + TimesBefore(profile, ends[i])) / 2;
  }
  return sum / Nanoseconds(length);
}

double MeanTimes(const std::optional<OnOff>& on_off) {
  if (!on_off.has_value()) return 1;
  const double on = Nanoseconds(on_off->mean_on);
  const double off = Nanoseconds(on_off->mean_off);
  return (on * on_off->times_on + off * on_off->times_off) / (on + off);
}

double Requests(const Scenario& scenario) {
  if (const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals)) {
    return BaseRate(scenario, *open) * Nanoseconds(open->length) * 1e-9 *
           MeanTimes(open->profile, open->length) * MeanTimes(open->on_off);
  }
  if (const auto* closed = std::get_if<ClosedArrivals>(&scenario.arrivals)) {
    return static_cast<double>(closed->requests);
  }
  if (const auto* burst = std::get_if<BurstArrivals>(&scenario.arrivals)) {
    return static_cast<double>(burst->requests);
  }
  return static_cast<double>(
      std::get<TraceArrivals>(scenario.arrivals).times->size());
}

double WorkingSlots(const ServerPlan& server, Duration time) {
  const Phase phase = PhaseAt(server, time);
  if (!PresentAt(server, time) || phase.silent || phase.failure_rate >= 1 ||
      NeutralRateAt(server, time) >= 1) {
    return 0;
  }
  double slowness = phase.slowness;
  if (server.noise.has_value()) {
    slowness *= (server.noise->least + server.noise->most) / 2;
  }
  return static_cast<double>(server.slots) / slowness;
}

double WorkingSlots(const Scenario& scenario, Duration time) {
  double slots = 0;
  for (const ServerPlan& server : scenario.servers) {
    slots += WorkingSlots(server, time);
  }
  return slots;
}

Offered OfferedAt(const Scenario& scenario, const OpenArrivals& arrivals,
                  Duration time) {
  return Of(scenario, arrivals, time, TimesAt(arrivals.profile, time),
            WorkingSlots(scenario, time));
}

Offered HighestOffered(const Scenario& scenario, const OpenArrivals& arrivals) {
  const std::vector<Duration> changes = Changes(scenario, arrivals);
  Offered highest = OfferedAt(scenario, arrivals, Duration::zero());
  for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
    const Offered here = OfferedAt(scenario, arrivals, changes[i]);
    if (here.load > highest.load) highest = here;
    // Between changes nothing but a ramp moves, and is highest at an end.
    const Offered there = Of(scenario, arrivals, changes[i + 1],
                             TimesBefore(arrivals.profile, changes[i + 1]),
                             WorkingSlots(scenario, changes[i]));
    if (there.load > highest.load) highest = there;
  }
  return highest;
}

}  // namespace els_sim
