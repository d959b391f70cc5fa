#pragma once

// What is simulated: servers, work and failures, as plain values.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "els/retry_budget.h"
#include "sim/virtual_time.h"

namespace els_sim {

// What is wrong with a server for a time, [from, until).
struct Phase {
  Duration from = Duration::zero();
  Duration until = Duration::max();

  double slowness = 1;  // Multiplies the size of what starts meanwhile.

  // The part of what arrives meanwhile that fails instead of being served, and
  // takes no slot. In [0, 1].
  double failure_rate = 0;

  // No answer comes meanwhile, and none that was due meanwhile comes later.
  bool silent = false;
};

struct ServerPlan {
  std::size_t slots = 1;  // Requests it serves at once.

  // It is well but for these. REQUIRES: in order of time, none overlaps.
  std::vector<Phase> phases = {};

  // How long a failure takes.
  Duration failure_after = std::chrono::milliseconds(1);

  // It is sent requests from then on, and from then on no more: what it has
  // been sent it still answers.
  Duration joins_at = Duration::zero();
  Duration leaves_at = Duration::max();

  std::size_t zone = 0;  // Below Scenario::zones.
};

// A stretch of a run, [from, until), that is measured by itself.
struct Window {
  std::string name = {};
  Duration from = {};
  Duration until = {};
};

// Which servers' slots, busy all the time, are a load of 1.
enum class Capacity {
  kHealthy,  // Those that are there, with nothing wrong, throughout.
  kAtStart,  // Those that are there at the start, whatever becomes of them.
};

// Requests in a Poisson stream over all access points; each reaches one of them
// at random.
struct PoissonArrivals {
  Duration length = std::chrono::seconds(60);
  double load = 0.5;  // Relative to what these servers can do:
  Capacity capacity = Capacity::kHealthy;
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
  // told: it still does the work. REQUIRED if a server is ever silent.
  std::optional<Duration> timeout = {};

  // So often is a request that failed or timed out sent again, at once, to a
  // server that has not failed it yet.
  std::size_t retries = 0;

  // What each access point may retry, of all its requests; empty: everything.
  std::optional<els::RetryBudgetOptions> retry_budget = {};

  // What a failed request counts beyond the time it took.
  Duration failure_penalty = std::chrono::seconds(1);

  // Access point i is in zone i modulo `zones`; servers of other zones are
  // `far` times as distant to it as its own.
  std::size_t zones = 1;
  double far = 1;

  std::vector<Window> windows = {};

  // See PolicySetup.
  std::optional<std::size_t> first_in_turn = {};
};

// The built-in scenarios, in the order of `els-sim list`.
std::vector<Scenario> Scenarios();

// The server's phase at `time`; a default one, with nothing wrong, between its
// phases.
Phase PhaseAt(const ServerPlan& server, Duration time);

// Whether it is sent requests at `time`.
bool PresentAt(const ServerPlan& server, Duration time);

// The servers that something happens to; if nothing does, all.
std::vector<std::size_t> Watched(const Scenario& scenario);

// Empty if there is none of this name.
std::optional<Scenario> FindScenario(std::string_view name);

// The mean time between arrivals that gives the load. REQUIRES: a server that
// the load is relative to.
FractionalDuration MeanGap(const Scenario& scenario,
                           const PoissonArrivals& arrivals);

}  // namespace els_sim
