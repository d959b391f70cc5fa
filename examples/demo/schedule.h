#pragma once

// When each request of a run is due, settled before the run starts.

#include <chrono>
#include <cstdint>
#include <vector>

namespace demo {

using Duration = std::chrono::nanoseconds;

struct Arrival {
  Duration due{};     // since the start of the run
  bool post = false;  // a POST, which nobody may repeat; otherwise a GET
};

// Poisson arrivals at `per_second` for `length`, in the order in which they are
// due; each is a POST with probability one half. The same arguments give the
// same schedule. REQUIRES: per_second > 0.
std::vector<Arrival> PoissonSchedule(double per_second, Duration length,
                                     std::uint64_t seed);

}  // namespace demo
