#pragma once

// What is simulated: servers, work and failures, as plain values.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/virtual_time.h"

namespace els_sim {

struct ServerPlan {
  std::size_t slots = 1;  // Requests it serves at once.
  double slowness = 1;    // Multiplies the size of each request.

  // The part of its requests that fails instead of being served, after
  // `failure_after` and without taking a slot. In [0, 1].
  double failure_rate = 0;
  Duration failure_after = std::chrono::milliseconds(1);

  // From then on nothing that it was or will be sent is answered.
  std::optional<Duration> silent_from = {};
};

// Requests in a Poisson stream over all access points; each reaches one of them
// at random.
struct PoissonArrivals {
  Duration length = std::chrono::seconds(60);
  double load = 0.5;  // Relative to what the healthy servers can do.
};

// So many requests, all at the start.
struct BurstArrivals {
  std::size_t requests = 0;
};

enum class SizeDistribution { kConstant, kExponential };

struct Scenario {
  std::string name = {};
  std::string description = {};
  std::size_t access_points = 1;
  std::vector<ServerPlan> servers = {};
  std::variant<PoissonArrivals, BurstArrivals> arrivals = {};

  // A request's service time on a server of slowness 1.
  SizeDistribution size = SizeDistribution::kExponential;
  Duration mean_size = std::chrono::milliseconds(40);

  // When the access point gives a request up (kTimeout). The server is not
  // told: it still does the work. REQUIRED if a server turns silent.
  std::optional<Duration> timeout = {};

  // What a failed request counts beyond the time it took.
  Duration failure_penalty = std::chrono::seconds(1);

  // See PolicySetup.
  std::optional<std::size_t> first_in_turn = {};
};

// The built-in scenarios, in the order of `els-sim list`.
std::vector<Scenario> Scenarios();

// Empty if there is none of this name.
std::optional<Scenario> FindScenario(std::string_view name);

// The mean time between arrivals that gives the load: load times the slots of
// the servers that are neither slow, failing nor turning silent, busy all the
// time. REQUIRES: such a server.
FractionalDuration MeanGap(const Scenario& scenario,
                           const PoissonArrivals& arrivals);

}  // namespace els_sim
