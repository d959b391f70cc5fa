#include "sim/files/work_check.h"

#include <algorithm>

namespace els_sim {
namespace {

// -- Sizes

void Check(const ConstantSize&, Checker&) {}
void Check(const ExponentialSize&, Checker&) {}
void Check(const ErlangSize& size, Checker& check) {
  check.In<std::uint64_t>("stages", size.stages, 1, 1000);
}
void Check(const HyperexponentialSize& size, Checker& check) {
  check.In("scv", size.scv, 1.0, 1e6);
}
void Check(const LognormalSize& size, Checker& check) {
  check.In("sigma", size.sigma, 0.0, 5.0, Ends::kLowOpen);
}
void Check(const BimodalSize& size, Checker& check) {
  check.In("large", size.large, 0.0, 1.0, Ends::kOpen);
  check.In("ratio", size.ratio, 1.0, 1e6);
}
void Check(const BoundedParetoSize& size, Checker& check) {
  check.In("alpha", size.alpha, 0.0, 100.0, Ends::kLowOpen);
  check.In("ratio", size.ratio, 1.0, kHuge, Ends::kLowOpen);
}
void Check(const QuantileSize& size, Checker& check) {
  if (size.quantiles == nullptr || size.quantiles->size() < 2) {
    return check.Add("values", "are fewer than two numbers");
  }
  const std::vector<double>& values = *size.quantiles;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string name = absl::StrCat("values[", i, "]");
    check.In(name, values[i], 0.0, kHuge, Ends::kLowOpen);
    if (i > 0 && values[i] < values[i - 1]) {
      return check.Add(
          name, absl::StrCat("is ", Text(values[i]), "; it must not be below ",
                             Text(values[i - 1]), " before it"));
    }
  }
}
void Check(const RecordedSize& size, Checker& check) {
  if (size.values == nullptr || size.values->empty()) {
    return check.Add("values", "are none");
  }
  double sum = 0;
  for (std::size_t i = 0; i < size.values->size(); ++i) {
    const double value = (*size.values)[i];
    if (!(value >= 0)) {
      return check.Add(
          absl::StrCat("values[", i, "]"),
          absl::StrCat("is ", Text(value), "; it must not be below 0"));
    }
    sum += value;
  }
  if (!(sum > 0)) check.Add("values", "are all 0");
}

// -- Arrivals

void CheckProfile(const std::vector<ProfilePoint>& profile, Checker& check) {
  for (std::size_t i = 0; i < profile.size(); ++i) {
    Checker point = check.Below("profile", i);
    point.Long("at", profile[i].at);
    point.In("times", profile[i].times, 0.0, 1e6);
    if (i > 0 && profile[i].at <= profile[i - 1].at) {
      point.Add("at", absl::StrCat("is ", Text(profile[i].at),
                                   "; it must be after the point before it, ",
                                   Text(profile[i - 1].at)));
    }
  }
  if (!profile.empty() && profile.back().ramp) {
    check.Below("profile", profile.size() - 1)
        .Add("ramp", "is true; it needs a point after it to go to");
  }
}

void CheckOnOff(const OnOff& on_off, Checker check) {
  check.LongAboveZero("mean_on", on_off.mean_on);
  check.LongAboveZero("mean_off", on_off.mean_off);
  check.In("times_on", on_off.times_on, 0.0, 1e6);
  check.In("times_off", on_off.times_off, 0.0, 1e6);
}

// What the load is relative to.
void CheckCapacity(const Scenario& scenario, const OpenArrivals& open,
                   Checker& check) {
  // Without these a load has faults enough.
  const bool slots =
      !scenario.servers.empty() &&
      std::all_of(scenario.servers.begin(), scenario.servers.end(),
                  [](const ServerPlan& server) { return server.slots > 0; });
  if (!slots || !(open.load > 0)) return;
  if (BaseRate(scenario, open) == 0) {
    check.Add("load", absl::StrCat("is ", Text(open.load),
                                   " of servers with nothing wrong throughout, "
                                   "and there are none; give capacity = "
                                   "\"at-start\", or a rate"));
  }
  for (const ServerPlan& server : scenario.servers) {
    if (server.discipline != Discipline::kInfinite) continue;
    return check.Add("load", absl::StrCat("is ", Text(open.load),
                                          ", but a server of infinite "
                                          "discipline has no load; give a "
                                          "rate"));
  }
}

void Check(const OpenArrivals& open, const Scenario& scenario, Checker& check) {
  check.LongAboveZero("length", open.length);
  if (open.rate.has_value()) {
    check.In("rate", *open.rate, 0.0, kHuge, Ends::kLowOpen);
  } else {
    check.In("load", open.load, 0.0, 1000.0, Ends::kLowOpen);
    CheckCapacity(scenario, open, check);
  }
  CheckProfile(open.profile, check);
  if (open.on_off.has_value()) CheckOnOff(*open.on_off, check.Below("on_off"));
}

void Check(const ClosedArrivals& closed, const Scenario& scenario,
           Checker& check) {
  check.In<std::uint64_t>("users", closed.users, 1, kMaxAccessPoints);
  check.Long("think", closed.mean_think);
  check.In<std::uint64_t>("requests", closed.requests, 1, kMaxRequests);
  if (scenario.skew.has_value()) {
    check.Add("kind", "is closed; access_points.skew would have no effect");
  }
}

void Check(const BurstArrivals& burst, const Scenario&, Checker& check) {
  check.In<std::uint64_t>("requests", burst.requests, 1, kMaxRequests);
}

void Check(const TraceArrivals& trace, const Scenario&, Checker& check) {
  if (trace.times == nullptr || trace.times->empty()) {
    return check.Add("times", "are none");
  }
  Duration before = {};
  for (std::size_t i = 0; i < trace.times->size(); ++i) {
    const Duration time = (*trace.times)[i];
    const std::string name = absl::StrCat("times[", i, "]");
    check.Long(name, time);
    if (time < before) {
      return check.Add(
          name, absl::StrCat("is ", Text(time), "; it must not be below ",
                             Text(before), " before it"));
    }
    before = time;
  }
}

}  // namespace

void CheckSizes(const Sizes& sizes, Checker check) {
  check.LongAboveZero("mean", sizes.mean);
  std::visit([&check](const auto& shape) { Check(shape, check); }, sizes.shape);
}

void CheckArrivals(const Scenario& scenario, Checker check) {
  std::visit([&](const auto& some) { Check(some, scenario, check); },
             scenario.arrivals);
}

}  // namespace els_sim
