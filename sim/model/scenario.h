#pragma once

// What is simulated: work, servers, failures and access points, as plain
// values. scenario_file.h reads them from a file.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/model/access_points.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// -- Work: how large requests are.

// A request's service time on a server of slowness 1, as a multiple of the
// mean.
struct ConstantSize {};
struct ExponentialSize {};
// The sum of so many exponential stages; at least 1.
struct ErlangSize {
  std::size_t stages = 4;
};
// One of two exponentials, with balanced means. `scv` is the squared
// coefficient of variation; at least 1.
struct HyperexponentialSize {
  double scv = 4;
};
// `sigma` is the standard deviation of the logarithm; above 0.
struct LognormalSize {
  double sigma = 1;
};
// A part `large` of the requests, in (0, 1), is `ratio` times, at least 1, as
// large as the others.
struct BimodalSize {
  double large = 0.1;
  double ratio = 11;
};
// A power law with exponent `alpha`, above 0, whose largest is `ratio` times,
// above 1, its smallest.
struct BoundedParetoSize {
  double alpha = 1.5;
  double ratio = 1000;
};
// By linear interpolation between these quantiles, which are equally far from
// each other, the first the least and the last the most.
// REQUIRES: two or more, not falling, above 0; of any unit.
struct QuantileSize {
  std::shared_ptr<const std::vector<double>> quantiles;
};
// Those of a recording, in its order, and again from the first on.
// REQUIRES: at least one, none below 0, not all 0; of any unit.
struct RecordedSize {
  std::shared_ptr<const std::vector<double>> values;
};

struct Sizes {
  Duration mean = std::chrono::milliseconds(40);
  std::variant<ConstantSize, ExponentialSize, ErlangSize, HyperexponentialSize,
               LognormalSize, BimodalSize, BoundedParetoSize, QuantileSize,
               RecordedSize>
      shape = ExponentialSize();
};

// -- Arrivals: when requests come.

// A rate is multiplied by `times` from `at` on, until the next point; if
// `ramp`, it goes in a straight line to what the next point says.
struct ProfilePoint {
  Duration at = {};
  double times = 1;
  bool ramp = false;
};

// Stretches of exponential lengths, in turn, the first of them on.
struct OnOff {
  Duration mean_on = {};
  Duration mean_off = {};
  double times_on = 1;  // Multiply the rate.
  double times_off = 0;
};

// Which servers' slots, busy all the time, are a load of 1.
enum class Capacity {
  kHealthy,  // Those that are there, with nothing wrong, throughout.
  kAtStart,  // Those that are there at the start, whatever becomes of them.
};

enum class Gaps {
  kExponential,  // A Poisson stream.
  kConstant,
};

// A stream over all access points that does not wait for answers.
struct OpenArrivals {
  Duration length = std::chrono::seconds(60);
  Gaps gaps = Gaps::kExponential;

  // Requests per second; if empty, what makes this load of these servers.
  std::optional<double> rate = {};
  double load = 0.5;
  Capacity capacity = Capacity::kHealthy;

  // The rate is multiplied by both. REQUIRES: in order of time, each at 0 or
  // later; before the first point, times 1.
  std::vector<ProfilePoint> profile = {};
  std::optional<OnOff> on_off = {};
};

// So many users send a request each, wait for its end and think, and send the
// next. Each belongs to one access point: user i to i modulo their number.
struct ClosedArrivals {
  std::size_t users = 1;
  Duration mean_think = {};    // Exponential; 0 is none.
  std::uint64_t requests = 0;  // Of all users together, and then no more.
};

// So many requests, all at the start.
struct BurstArrivals {
  std::size_t requests = 0;
};

// At these times since the start. REQUIRES: in order.
struct TraceArrivals {
  std::shared_ptr<const std::vector<Duration>> times;
};

using Arrivals =
    std::variant<OpenArrivals, ClosedArrivals, BurstArrivals, TraceArrivals>;

// -- Servers

// What is wrong with a server for a time, [from, until).
struct Phase {
  Duration from = Duration::zero();
  Duration until = Duration::max();

  double slowness = 1;  // Multiplies the size of what starts meanwhile.

  // The part of what arrives meanwhile that fails instead of being served, and
  // takes no slot. In [0, 1].
  double failure_rate = 0;

  // The part of what would be served otherwise that is answered at once, takes
  // no slot, and says nothing of how fast the server is: HTTP 404. In [0, 1].
  // Empty: the server's own.
  std::optional<double> neutral_rate = {};

  // The part of the answers that begin well meanwhile, once served, and are
  // then cut off: the request has failed, and is not sent again. In [0, 1].
  double cut_rate = 0;

  // No answer comes meanwhile, and none that was due meanwhile comes later: a
  // black hole.
  bool silent = false;
};

// How a server shares itself among requests.
enum class Discipline {
  kSlots,    // Each in service has a slot; the others wait, first come first
             // served.
  kSharing,  // All are in service, and share as many cores as it has slots:
             // processor sharing, none with more than one core.
  kInfinite  // All are in service, none slower for the others.
};

// Multiplies the size of what starts while n are in the server, itself among
// them: by 1 + n / capacity up to n = capacity, and by `beyond` above.
struct Crowding {
  double capacity = 1;
  double beyond = 5;
};

// It stands still for `length`, again and again, after exponential times.
struct Pauses {
  Duration length = {};
  Duration mean_between = {};
};

// Neighbours on the machine: multiplies the size of what starts by a slowness
// that is drawn anew, uniformly from [least, most], after times drawn uniformly
// from [shortest, longest].
struct Noise {
  double least = 1;
  double most = 1;
  Duration shortest = {};
  Duration longest = {};
};

// What starts at t after it has joined is min(most, length / t) times larger,
// until `length` has passed.
struct WarmUp {
  Duration length = {};
  double most = 5;
};

// A part `part`, in (0, 1], of the answers is streamed: the first byte comes
// when the request has been served, and the end after an exponential time of
// this mean. Meanwhile each takes `slots`, in [0, 1], of a slot; all together
// take whole slots, to the nearest, and leave one.
struct AnswerStreams {
  double part = 1;
  Duration mean_length = {};
  double slots = 0;
};

// A part `part`, in [0, 1], of the answers comes later by an exponential time
// of this mean, drawn anew for each attempt: a packet is lost and sent again.
// The server has done with them by then.
struct Stragglers {
  double part = 0.01;
  Duration mean_delay = {};
};

struct ServerPlan {
  Discipline discipline = Discipline::kSlots;
  std::size_t slots = 1;  // Requests it serves at once; or cores.

  // What arrives while so many are in it, waiting or in service, is refused:
  // it fails after `failure_after`.
  std::size_t most_in_flight = std::numeric_limits<std::size_t>::max();

  // It is well but for these. REQUIRES: in order of time, none overlaps.
  std::vector<Phase> phases = {};
  std::optional<Crowding> crowding = {};
  std::optional<Pauses> pauses = {};
  std::optional<Noise> noise = {};
  std::optional<WarmUp> warm_up = {};

  // How long a failure takes.
  Duration failure_after = std::chrono::milliseconds(1);

  // Phase::neutral_rate of phases that have none, and between phases; and how
  // long such an answer takes.
  double neutral_rate = 0;
  Duration neutral_after = std::chrono::milliseconds(1);

  // How long after its first byte an answer is cut off.
  Duration cut_after = std::chrono::milliseconds(1);

  std::optional<AnswerStreams> streams = {};
  std::optional<Stragglers> stragglers = {};

  // Each answer tells how busy the server is. Whoever is told more by the
  // model, as Prequal by its probes, is told that in any case.
  bool reports = false;

  // It is sent requests from then on, and from then on no more: what it has
  // been sent it still answers.
  Duration joins_at = Duration::zero();
  Duration leaves_at = Duration::max();

  std::size_t zone = 0;  // Below Scenario::zones.

  // What access points are told of it, as els::Backend has both. The limit is
  // each access point's own; one that has no server left below its limit
  // refuses the request at once. Policies that know no weights, or no limits,
  // pass them over.
  double weight = 1;
  std::optional<std::uint64_t> max_outstanding = {};
};

// A stretch of a run, [from, until), that is measured by itself.
struct Window {
  std::string name = {};
  Duration from = {};
  Duration until = {};
};

// Where a scenario has been read from.
struct Origin {
  std::string word = {};  // Its name in the catalogue, or the path of its file.
  // Of that file, and of those it names: another content, another number.
  std::uint64_t fingerprint = 0;
};

struct Scenario {
  std::string name = {};
  std::string description = {};  // One line: what happens.
  std::string shows = {};        // What it is for,
  std::string cannot_show = {};  // and what it leaves out.

  Arrivals arrivals = {};
  Sizes sizes = {};
  std::vector<ServerPlan> servers = {};

  std::size_t access_points = 1;
  std::optional<Skew> skew = {};  // Of arrivals that are not closed.
  WorkTold work = WorkTold::kNone;

  // When the access point gives an attempt up (kTimeout), if it has heard
  // nothing. The server is not told: it still does the work. REQUIRED if a
  // server is ever silent.
  std::optional<Duration> timeout = {};
  Retries retries = {};
  std::optional<HedgePlan> hedge = {};  // Empty: as HedgePlan::Kind::kNone.
  std::optional<LimitPlan> limit = {};
  Priorities priorities = {};  // Nobody but limiters asks for them.

  // What a failed request counts beyond the time it took.
  Duration failure_penalty = std::chrono::seconds(1);

  // Access point i is in zone i modulo `zones`; servers of other zones are
  // `far` times as distant to it as its own.
  std::size_t zones = 1;
  double far = 1;
  // How long a request takes from a zone to another, or its answer back: by
  // zone of the access point, then of the server. Empty: no time.
  std::vector<std::vector<Duration>> delays = {};

  std::vector<Window> windows = {};

  // See PolicySetup.
  std::optional<std::size_t> first_in_turn = {};

  Origin origin = {};
};

// The server's phase at `time`; a default one, with nothing wrong, between its
// phases.
Phase PhaseAt(const ServerPlan& server, Duration time);

// The rate of neutral answers at `time`.
double NeutralRateAt(const ServerPlan& server, Duration time);

// How many are served there at once, none slower for the others.
std::size_t AtOnce(const ServerPlan& server);

// Whether it is sent requests at `time`.
bool PresentAt(const ServerPlan& server, Duration time);

// The servers that something happens to; if nothing does, all.
std::vector<std::size_t> Watched(const Scenario& scenario);

// What requests of about this size have in common: of bimodal sizes whether it
// is a large one, 1 or 0; of others, the power of two at or below the number of
// nanoseconds.
std::uint64_t SizeClass(const Sizes& sizes, Duration size);

// Whether a request is light: smaller than the mean. Others are heavy.
inline bool IsLight(const Sizes& sizes, Duration size) {
  return size < sizes.mean;
}

// Whether light and heavy requests are measured apart.
inline bool AreApart(const Sizes& sizes) {
  return std::holds_alternative<BimodalSize>(sizes.shape);
}

// Requests per second, of open arrivals and before their profile. REQUIRES: a
// rate, or a server that the load is relative to.
double BaseRate(const Scenario& scenario, const OpenArrivals& arrivals);

// What is wrong with the scenario, as one line that names the field; empty if
// nothing is. What scenario_file.h reads has been checked.
std::string WhatIsWrong(const Scenario& scenario);

}  // namespace els_sim
