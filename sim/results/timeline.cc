#include "sim/results/timeline.h"

#include <utility>

#include "els/balancer.h"

namespace els_sim {

Timeline::Timeline(const Scenario& scenario)
    : penalty_(scenario.failure_penalty), servers_(scenario.servers.size()) {}

Timeline::Timeline(const Scenario& scenario, std::vector<Step> steps)
    : Timeline(scenario) {
  steps_ = std::move(steps);
}

void Timeline::Add(const Ended& request) {
  const auto index =
      static_cast<std::size_t>(request.arrival.time_since_epoch() / kStep);
  while (steps_.size() <= index) {
    steps_.push_back({.by_server = std::vector<std::uint64_t>(servers_)});
  }
  Step& step = steps_[index];
  ++step.requests;
  step.cost += request.end - request.arrival;
  if (request.outcome != els::Outcome::kSuccess) step.cost += penalty_;
  if (request.server.has_value()) ++step.by_server[*request.server];
}

}  // namespace els_sim
