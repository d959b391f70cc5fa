#pragma once

// The access points of a simulation.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "els/balancer.h"
#include "sim/model/conservation.h"
#include "sim/model/fleet.h"
#include "sim/model/gate.h"
#include "sim/model/happening.h"
#include "sim/model/hedger.h"
#include "sim/model/in_flight.h"
#include "sim/model/policy.h"
#include "sim/model/run_tally.h"
#include "sim/model/scenario.h"
#include "sim/model/simulate.h"
#include "sim/model/slab.h"
#include "sim/model/stage.h"
#include "sim/model/virtual_time.h"
#include "sim/model/workload.h"

namespace els_sim {

// Why an attempt is not sent.
enum class Unsent {
  kRefused,  // By the limit of the access point.
  kShed,     // All servers have their limit.
};

// The access points.
class Simulation final {
 public:
  Simulation(const Scenario& scenario, const PolicyInfo& policy,
             std::uint64_t seed,
             const std::function<void(const Ended&)>& on_end);

  Result Run() &&;

 private:
  using Kind = Happening::Kind;

  void AwaitChangesOfMembership();
  void AwaitArrival();
  void AwaitAgain(const Arrival& last);
  void Handle(const Happening& happening);
  void ChangeMembership();
  void Arrive(const Arrival& arrival);
  void Send(std::uint32_t request_id);
  std::optional<Unsent> TrySend(std::uint32_t request_id);
  void AwaitHedge(std::uint32_t id);
  void SendHedge(const Happening& happening);
  void Go(std::uint32_t id);
  void SendWhatWaits();
  void Serve(std::uint32_t server, std::uint32_t what);
  void TimeOut(const Happening& happening);
  void Hear(const std::optional<Fleet::Heard>& heard);
  void FreeIfOver(std::uint32_t id);
  void Begin(std::uint32_t id);
  void End(std::uint32_t id, els::Outcome outcome);
  Sent Settle(std::uint32_t id, els::Outcome outcome);
  void CancelOthers(std::uint32_t request_id, std::uint32_t id);
  void Tell(const Sent& sent, els::Outcome outcome);
  bool MayRetry(const Request& request);
  void Retry(std::uint32_t request_id);
  void EndRequest(std::uint32_t request_id, els::Outcome outcome,
                  const std::optional<Sent>& last);

  // Constant after construction.
  const Scenario& scenario_;
  const std::function<void(const Ended&)>& on_end_;
  const bool one_queue_;  // See PolicyInfo.

  Stage stage_;
  Fleet fleet_;
  Workload workload_;
  std::vector<std::unique_ptr<Policy>> policies_;  // By access point.
  Gate gate_;
  Hedger hedger_;
  RunTally tally_;

  std::deque<std::uint32_t> queue_;      // What is held back, in order.
  std::optional<Arrival> next_arrival_;  // Empty: there will be no more.
  Slab<Arrival> thinking_;               // What users will send, or
  std::deque<Arrival> at_once_;          // send without thinking.
  Slab<Request> requests_;
  std::uint32_t versions_ = 0;

  Conservation conservation_;
  Time end_ = {};  // Of the request that ended last.
};

}  // namespace els_sim
