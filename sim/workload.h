#pragma once

// The requests of a simulation: drawn from the scenario and the seed alone, so
// that every policy is given the same ones.

#include <cstdint>
#include <optional>

#include "els/random.h"
#include "sim/scenario.h"
#include "sim/streams.h"
#include "sim/virtual_time.h"

namespace els_sim {

struct Arrival {
  Time time = {};
  std::uint32_t access_point = 0;
  Duration size = {};  // Service time on a server of slowness 1.
  // One draw U for each attempt at it: a server that fails a part p of its
  // requests fails those with U below p.
  els::Random luck;
};

class Workload {
 public:
  // `scenario` has to outlive it.
  Workload(const Scenario& scenario, std::uint64_t seed);

  // The next request to arrive, if any, in order of time.
  std::optional<Arrival> Next();

 private:
  std::optional<Time> NextTime() const;

  // Constant after construction.
  const Scenario& scenario_;
  const FractionalDuration mean_gap_;  // Of Poisson arrivals, else zero.
  const Stream gaps_;
  const Stream sizes_;
  const Stream access_points_;
  const Stream luck_;

  std::uint64_t arrived_ = 0;
  Time latest_ = {};
};

}  // namespace els_sim
