#include "sim/simulate.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "sim/event_queue.h"
#include "sim/server.h"
#include "sim/streams.h"
#include "sim/workload.h"

namespace els_sim {
namespace {

struct Happening {
  enum class Kind : std::uint32_t { kArrival, kServed, kFailed, kTimeout };
  Kind kind;
  std::uint32_t request;
};

// What an access point knows of a request of its own.
struct Request {
  Time sent = {};
  std::uint32_t access_point = 0;
  Attempt attempt = {};
  bool open = true;  // Neither answered nor given up.
};

std::vector<std::unique_ptr<Policy>> MakePolicies(const Scenario& scenario,
                                                  const PolicyInfo& info,
                                                  std::uint64_t seed) {
  const Stream draws(seed, Purpose::kPolicy);
  std::vector<std::unique_ptr<Policy>> policies;
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    policies.push_back(info.make({.servers = scenario.servers.size(),
                                  .random = draws.At(i),
                                  .first_in_turn = scenario.first_in_turn}));
  }
  return policies;
}

class Simulation {
 public:
  Simulation(const Scenario& scenario, const PolicyInfo& policy,
             std::uint64_t seed);

  Result Run() &&;

 private:
  using Kind = Happening::Kind;

  void AwaitArrival();
  void Handle(const Happening& happening);
  void Arrive(std::uint32_t id);
  void Submit(std::uint32_t id, const Arrival& arrival);
  void Served(std::uint32_t id);
  void Answer(std::uint32_t id, els::Outcome outcome);
  void End(std::uint32_t id, els::Outcome outcome);
  void CheckConservation() const;

  void Schedule(Duration delay, Kind kind, std::uint32_t id) {
    events_.Push(now_ + delay, {kind, id});
  }

  const Scenario& scenario_;
  Workload workload_;
  std::vector<std::unique_ptr<Policy>> policies_;  // By access point.
  std::vector<Server> servers_;

  Time now_ = {};
  EventQueue<Happening> events_;
  std::optional<Arrival> next_arrival_;  // Empty: there will be no more.
  std::vector<Request> requests_;        // In order of arrival.
  std::size_t open_ = 0;
  Result result_;
};

Simulation::Simulation(const Scenario& scenario, const PolicyInfo& policy,
                       std::uint64_t seed)
    : scenario_(scenario),
      workload_(scenario, seed),
      policies_(MakePolicies(scenario, policy, seed)) {
  for (const ServerPlan& server : scenario.servers) {
    servers_.emplace_back(server.slots);
  }
  result_.picks.resize(servers_.size());
}

Result Simulation::Run() && {
  AwaitArrival();
  while (!events_.empty() && (next_arrival_.has_value() || open_ > 0)) {
    const auto event = events_.Pop();
    now_ = event.time;
    Handle(event.payload);
  }
  CheckConservation();
  return std::move(result_);
}

// One at a time, so that the queue of events stays small.
void Simulation::AwaitArrival() {
  next_arrival_ = workload_.Next();
  if (!next_arrival_.has_value()) return;
  events_.Push(next_arrival_->time,
               {Kind::kArrival, static_cast<std::uint32_t>(requests_.size())});
}

void Simulation::Handle(const Happening& happening) {
  switch (happening.kind) {
    case Kind::kArrival:
      return Arrive(happening.request);
    case Kind::kServed:
      return Served(happening.request);
    case Kind::kFailed:
      return Answer(happening.request, els::Outcome::kFailure);
    case Kind::kTimeout:
      return End(happening.request, els::Outcome::kTimeout);
  }
}

void Simulation::Arrive(std::uint32_t id) {
  const Arrival arrival = *next_arrival_;
  const Attempt attempt = policies_[arrival.access_point]->Pick(now_);
  ++result_.picks[attempt.server];
  ++open_;
  requests_.push_back(
      {.sent = now_, .access_point = arrival.access_point, .attempt = attempt});
  result_.costs.emplace_back();
  if (scenario_.timeout.has_value()) {
    Schedule(*scenario_.timeout, Kind::kTimeout, id);
  }
  Submit(id, arrival);
  AwaitArrival();
}

void Simulation::Submit(std::uint32_t id, const Arrival& arrival) {
  const std::uint32_t server = requests_[id].attempt.server;
  const ServerPlan& plan = scenario_.servers[server];
  if (arrival.luck < plan.failure_rate) {
    Schedule(plan.failure_after, Kind::kFailed, id);
    return;
  }
  const FractionalDuration size = arrival.size;
  const Job job = {.request = id, .service = Rounded(size * plan.slowness)};
  if (servers_[server].Arrive(job)) Schedule(job.service, Kind::kServed, id);
}

// The server has done the work, whether or not somebody still waits for it.
void Simulation::Served(std::uint32_t id) {
  const std::uint32_t server = requests_[id].attempt.server;
  if (const std::optional<Job> next = servers_[server].Depart()) {
    Schedule(next->service, Kind::kServed, next->request);
  }
  Answer(id, els::Outcome::kSuccess);
}

// A silent server goes on with its work, but nobody hears of it.
void Simulation::Answer(std::uint32_t id, els::Outcome outcome) {
  const std::uint32_t server = requests_[id].attempt.server;
  const std::optional<Duration>& silent = scenario_.servers[server].silent_from;
  if (silent.has_value() && now_.time_since_epoch() >= *silent) return;
  End(id, outcome);
}

void Simulation::End(std::uint32_t id, els::Outcome outcome) {
  Request& request = requests_[id];
  if (!request.open) return;  // A late answer, or the timeout of a timely one.
  request.open = false;
  --open_;
  const Duration latency = now_ - request.sent;
  policies_[request.access_point]->Finish(request.attempt, outcome, latency,
                                          now_);
  result_.end = now_;
  if (outcome == els::Outcome::kSuccess) {
    result_.costs[id] = latency;
    ++result_.succeeded;
    return;
  }
  result_.costs[id] = latency + scenario_.failure_penalty;
  ++(outcome == els::Outcome::kTimeout ? result_.timed_out : result_.failed);
}

void Simulation::CheckConservation() const {
  const std::size_t ended =
      result_.succeeded + result_.failed + result_.timed_out;
  if (ended == requests_.size()) return;
  std::fprintf(stderr, "%s: of %zu requests sent %zu ended\n",
               scenario_.name.c_str(), requests_.size(), ended);
  std::abort();
}

}  // namespace

Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed) {
  return Simulation(scenario, policy, seed).Run();
}

}  // namespace els_sim
