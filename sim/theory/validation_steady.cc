#include "sim/theory/validation_steady.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "sim/theory/theory.h"

namespace els_sim {
namespace {

// Long against the nanosecond that times are rounded to, and short enough for
// millions to fit into a Duration.
constexpr Duration kMeanSize = std::chrono::milliseconds(1);

// Enough for their spread to be known within a sixth.
constexpr std::size_t kReplications = 20;

// Requests of a replication, at least.
constexpr double kFewest = 10'000;

// After so many relaxation times, less than 1 % of the start's effect on the
// queue is left, and of a mean over the long rest much less.
constexpr double kRelaxationTimes = 5;

}  // namespace

Duration MeanSizes(double count) {
  return kMeanSize * static_cast<std::int64_t>(std::ceil(count));
}

ValidationCase Steady(std::string name, std::string_view policy,
                      std::vector<ServerPlan> servers, const Shape& shape,
                      double rate, const Pace& pace) {
  const Duration warm_up =
      MeanSizes(pace.slowest *
                (20 + kRelaxationTimes * theory::RelaxationTime(
                                             pace.rho, pace.scv, pace.pooled)));
  const double requests =
      theory::RequestsNeeded(pace.rho, pace.scv, pace.pooled, pace.error) /
      static_cast<double>(kReplications);
  const Duration end = warm_up + MeanSizes(std::max(requests, kFewest) / rate);
  // Written in place: g++ 12 warns of a variant that is moved.
  ValidationCase each = {.name = std::move(name),
                         .policy = policy,
                         .seeds = {.first = 1, .count = kReplications}};
  Scenario& scenario = each.scenario;
  scenario.name = each.name;
  scenario.arrivals =
      OpenArrivals{.length = end + pace.cool_down,
                   .rate = rate * (std::chrono::seconds(1) / kMeanSize)};
  scenario.sizes.mean = kMeanSize;
  scenario.sizes.shape = shape;
  scenario.servers = std::move(servers);
  scenario.windows = {{.name = "steady", .from = warm_up, .until = end}};
  return each;
}

std::string Named(std::string_view system, double rho) {
  return absl::StrFormat("%s, rho %g", system, rho);
}

std::vector<ServerPlan> Alike(std::size_t count) {
  return std::vector<ServerPlan>(count);
}

std::vector<ServerPlan> OneSlow(std::size_t count, double slowness) {
  std::vector<ServerPlan> servers(count);
  if (slowness != 1) servers[0].phases = {{.slowness = slowness}};
  return servers;
}

}  // namespace els_sim
