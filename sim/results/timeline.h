#pragma once

// A run by the second, for charts.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/model/scenario.h"
#include "sim/model/simulate.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// Collects the requests of a run by the second in which they arrived. A value;
// memory grows with the run's length and the number of servers.
class Timeline {
 public:
  static constexpr Duration kStep = std::chrono::seconds(1);

  struct Step {
    std::uint64_t requests = 0;
    FractionalDuration cost = {};          // Of all of them together.
    std::vector<std::uint64_t> by_server;  // Requests whose last attempt it
                                           // got.
  };

  // For runs of `scenario`.
  explicit Timeline(const Scenario& scenario);

  // As steps() of another.
  Timeline(const Scenario& scenario, std::vector<Step> steps);

  // For Simulate's on_end.
  void Add(const Ended& request);

  // From 0 s on, up to the last in which a request arrived.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  Duration penalty_;
  std::size_t servers_;
  std::vector<Step> steps_;
};

}  // namespace els_sim
