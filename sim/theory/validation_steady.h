#pragma once

// What the lists of validation cases are built with.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/scenario.h"
#include "sim/theory/validation_cases.h"

namespace els_sim {

using Shape = decltype(Sizes::shape);

// The relative standard errors that RequestsNeeded is asked for. 1 % is
// allowed, but an error found from the replications varies itself, and the
// formula is rough: it knows nothing of third moments, nor of quantiles.
inline constexpr double kErrorOfMeans = 0.005;
inline constexpr double kErrorOfHeavy = 0.0035;   // Few large ones matter.
inline constexpr double kErrorOfTails = 0.0025;   // If p99 is judged.
inline constexpr double kErrorOfReported = 0.02;  // If nothing is judged.

// What decides how long to simulate.
struct Pace {
  double rho = 0.5;  // Of the busiest server.
  double scv = 1;
  // Sets the length alone: about so many servers work as if they shared a
  // queue.
  std::size_t pooled = 1;
  double slowest = 1;       // The greatest slowness.
  Duration cool_down = {};  // Arrivals go on for so long after the window.
  double error = kErrorOfMeans;
};

// So many mean service times, rounded up to whole ones, so that the length of a
// run, and with it every result, does not depend on the last bits of a
// logarithm.
Duration MeanSizes(double count);

// Arrivals at `rate` requests per mean service time, and a window in the steady
// state. The caller adds references.
ValidationCase Steady(std::string name, std::string_view policy,
                      std::vector<ServerPlan> servers, const Shape& shape,
                      double rate, const Pace& pace);

// "M/M/1, rho 0.8"
std::string Named(std::string_view system, double rho);

std::vector<ServerPlan> Alike(std::size_t count);

// The first is `slowness` times slower than the others.
std::vector<ServerPlan> OneSlow(std::size_t count, double slowness);

// Those whose reference is another simulation.
void AddSimulated(std::vector<ValidationCase>& cases);

}  // namespace els_sim
