#pragma once

// The requests of a simulation: drawn from the scenario and the seed alone, so
// that every policy is given the same ones.

#include <cstdint>
#include <optional>

#include "els/random.h"
#include "sim/model/rate.h"
#include "sim/model/scenario.h"
#include "sim/model/size_sampler.h"
#include "sim/model/streams.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

struct Arrival {
  Time time = {};
  std::uint32_t access_point = 0;
  std::uint32_t user = 0;  // Of closed arrivals.
  Duration size = {};      // Service time on a server of slowness 1.
  // One draw U for each attempt at it: a server that fails a part p of its
  // requests fails those with U below p. After it, one for each back-off.
  els::Random luck;
};

class Workload {
 public:
  // `scenario` has to outlive it.
  Workload(const Scenario& scenario, std::uint64_t seed);

  // The next request to arrive that waits for no other, if any, in order of
  // time.
  std::optional<Arrival> Next();

  // The next request of the user whose last one has just ended; empty if there
  // are to be no more, or arrivals are not closed.
  std::optional<Arrival> After(const Arrival& last, Time now);

 private:
  std::optional<Time> NextTime();
  Arrival Make(Time time);
  std::uint32_t AccessPoint(els::Random place) const;

  // Constant after construction.
  const Scenario& scenario_;
  const OpenArrivals* const open_;      // Null if they are of another kind.
  const ClosedArrivals* const closed_;  // Likewise.
  const SizeSampler size_sampler_;
  const Stream gaps_;
  const Stream sizes_;
  const Stream access_points_;
  const Stream luck_;
  const Stream thinking_;

  std::optional<Rate> rate_;  // Of open arrivals.
  std::uint64_t arrived_ = 0;
};

}  // namespace els_sim
