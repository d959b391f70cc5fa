#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/scenario.h"
#include "sim/model/simulate.h"
#include "sim/model/virtual_time.h"
#include "sim/model/window.h"

namespace els_sim {

// Counts what happens in a run, as it happens. Time never steps back between
// calls.
class RunTally {
 public:
  // `scenario` has to outlive it.
  explicit RunTally(const Scenario& scenario);

  // An attempt is sent by this access point.
  void Sent(std::uint32_t server, std::uint32_t access_point, Time now);

  // An attempt is answered or given up.
  void Settled(std::uint32_t server, Time now);

  // A request is not sent, as all servers have their limit.
  void Shed() { ++result_.shed; }

  // A request of this size has ended.
  void Ended(const els_sim::Ended& ended, Duration size);

  // How many requests have ended.
  std::uint64_t ended() const {
    return result_.succeeded + result_.failed + result_.timed_out;
  }

  // All but what a limit made of it.
  Result Results() &&;

 private:
  const Scenario& scenario_;
  WindowTally windows_;
  Result result_;
};

}  // namespace els_sim
