#pragma once

// How much work a scenario brings and how much its servers can do, by
// arithmetic alone: what a check needs to know before a run, and what an
// explanation says of it.

#include <vector>

#include "sim/model/scenario.h"

namespace els_sim {

// What the rate is multiplied by at `time`; 1 without a profile.
double TimesAt(const std::vector<ProfilePoint>& profile, Duration time);

// The same just before `time`, where the profile may step.
double TimesBefore(const std::vector<ProfilePoint>& profile, Duration time);

// The mean of TimesAt over [0, length). REQUIRES: length > 0.
double MeanTimes(const std::vector<ProfilePoint>& profile, Duration length);

// What on-off stretches multiply the rate by in the long run; 1 without.
double MeanTimes(const std::optional<OnOff>& on_off);

// How many requests the arrivals bring; of open ones, in the mean.
double Requests(const Scenario& scenario);

// What the server's present phase and noise leave of it, as slots of slowness
// 1: none while it fails everything, answers everything at once, is silent or
// is not there; its slots over its slowness otherwise. Crowding, pauses and
// warming up are left out.
double WorkingSlots(const ServerPlan& server, Duration time);
double WorkingSlots(const Scenario& scenario, Duration time);

// The offered load of open arrivals at a time: requests per second, and as a
// part of what the servers can then do (infinite if they can do nothing).
struct Offered {
  Duration at = {};
  double rate = 0;
  double load = 0;
};
Offered OfferedAt(const Scenario& scenario, const OpenArrivals& arrivals,
                  Duration time);

// The highest load before the arrivals' end, when it is first reached.
Offered HighestOffered(const Scenario& scenario, const OpenArrivals& arrivals);

}  // namespace els_sim
