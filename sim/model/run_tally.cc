#include "sim/model/run_tally.h"

#include <utility>

#include "els/balancer.h"

namespace els_sim {

RunTally::RunTally(const Scenario& scenario)
    : scenario_(scenario), windows_(scenario) {
  result_.picks.resize(scenario.servers.size());
}

void RunTally::Sent(std::uint32_t server, std::uint32_t access_point,
                    Time now) {
  ++result_.picks[server];
  windows_.Sent(server, access_point % scenario_.zones, now);
}

void RunTally::Settled(std::uint32_t server, Time now) {
  windows_.Settled(server, now);
}

void RunTally::Ended(const els_sim::Ended& ended, Duration size) {
  const bool failed = ended.outcome != els::Outcome::kSuccess;
  const Duration cost = ended.end - ended.arrival +
                        (failed ? scenario_.failure_penalty : Duration::zero());
  result_.costs.Add(cost);
  if (AreApart(scenario_.sizes)) {
    const bool light = IsLight(scenario_.sizes, size);
    (light ? result_.light_costs : result_.heavy_costs).Add(cost);
  }
  windows_.Ended(ended.arrival, cost, failed);
  if (!failed) {
    ++result_.succeeded;
  } else if (ended.outcome == els::Outcome::kTimeout) {
    ++result_.timed_out;
  } else {
    ++result_.failed;
  }
}

Result RunTally::Results() && {
  result_.windows = std::move(windows_).Results();
  return std::move(result_);
}

}  // namespace els_sim
