#pragma once

// What access points let through: limits and retry budgets.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "els/concurrency_limit.h"
#include "els/retry_budget.h"
#include "sim/model/histogram.h"
#include "sim/model/limiter.h"
#include "sim/model/scenario.h"
#include "sim/model/streams.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// How the requests of one priority went.
struct PriorityTally {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  // By the limit, and so never answered.
  std::uint64_t succeeded = 0;
};

// What a limit made of the requests of a run or, by arrival, of a window.
struct LimitTally {
  std::array<PriorityTally, els::kPriorities> priorities = {};
  std::vector<std::uint64_t> succeeded = {};  // By access point.
  // Of requests that were not refused, as Result::costs has them, but without
  // the penalty of a failure.
  Histogram latencies = {};

  PriorityTally All() const;

  // All that `other` has, too. REQUIRES: as many access points.
  void Merge(const LimitTally& other);
};

class Gate {
 public:
  // `scenario` has to outlive it.
  Gate(const Scenario& scenario, std::uint64_t seed);

  // Counts a request, for the budget of its access point.
  void Arrive(std::uint32_t access_point, Time now);

  // Whether a request that has failed may be sent once more.
  bool MayRetry(std::uint32_t access_point, Time now);

  // Admits an attempt at the request of this number; see Limiter::TryAdmit.
  std::optional<std::uint32_t> TryAdmit(std::uint32_t access_point,
                                        std::uint64_t number, Time now);
  void Done(std::uint32_t access_point, std::uint32_t admitted,
            els::Outcome outcome, Duration latency, Time now);

  // A request has ended.
  struct Request {
    std::uint32_t access_point = 0;
    std::uint64_t number = 0;
    Time arrival = {};
    Duration latency = {};
    bool succeeded = false;
    bool refused = false;
  };
  void Ended(const Request& request);

  // Of the run, and by window. Empty if the scenario has no limit.
  const std::optional<LimitTally>& all() const { return all_; }
  const std::vector<LimitTally>& windows() const { return windows_; }

 private:
  els::Priority PriorityOf(std::uint64_t number) const;

  const Scenario& scenario_;
  const Stream priorities_;
  // By access point; none if retries are free, or nothing is limited.
  std::vector<std::unique_ptr<els::RetryBudget>> budgets_;
  std::vector<std::unique_ptr<Limiter>> limiters_;

  std::optional<LimitTally> all_;
  std::vector<LimitTally> windows_;
};

}  // namespace els_sim
