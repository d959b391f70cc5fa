#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "els/balancer.h"
#include "els/hedge_timer.h"
#include "sim/model/in_flight.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// When requests get their hedges, as the scenario's HedgePlan says.
class Hedger {
 public:
  // `scenario` has to outlive it, and it the requests that it has begun.
  explicit Hedger(const Scenario& scenario);

  // A request is sent for the first time.
  void Begin(Request& request, Time now);

  // How long after that its hedge is due. Empty if it gets none.
  std::optional<Duration> DelayOf(const Request& request) const;

  // Whether the hedge that is due may be sent, which spends it.
  bool TrySend(Request& request);

  // The request is answered, has begun to be, or has failed.
  static void Done(Request& request, els::Outcome outcome, Time now);

 private:
  const Scenario& scenario_;
  // By access point; none if delays are not learnt.
  std::vector<std::unique_ptr<els::HedgeTimer>> timers_;
};

}  // namespace els_sim
