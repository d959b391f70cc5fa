#include "sim/simulate.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "els/retry_budget.h"
#include "sim/event_queue.h"
#include "sim/server.h"
#include "sim/workload.h"

namespace els_sim {
namespace {

struct Happening {
  enum class Kind : std::uint32_t {
    kArrival,
    kServed,
    kFailed,
    kTimeout,
    kMembership
  };
  Kind kind;
  std::uint32_t attempt;  // Its place among all; 0 if it is of none.
};

// What an access point knows of a request of its own.
struct Request {
  Arrival arrival;
  std::vector<std::uint32_t> failed_by = {};  // Servers.
};

struct Sent {
  std::uint32_t request = 0;
  Time time = {};
  Attempt attempt = {};
  bool open = true;  // Neither answered nor given up.
};

// What the access point may choose from at `now`.
std::vector<Member> MembersFor(std::size_t access_point, Time now,
                               const Scenario& scenario) {
  const std::size_t zone = access_point % scenario.zones;
  std::vector<Member> members;
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    const ServerPlan& server = scenario.servers[i];
    if (!PresentAt(server, now.time_since_epoch())) continue;
    members.push_back({.server = static_cast<std::uint32_t>(i),
                       .distance = server.zone == zone ? 1 : scenario.far});
  }
  return members;
}

std::vector<std::unique_ptr<Policy>> MakePolicies(const Scenario& scenario,
                                                  const PolicyInfo& info,
                                                  std::uint64_t seed) {
  const Stream draws(seed, Purpose::kPolicy);
  std::vector<std::unique_ptr<Policy>> policies;
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    policies.push_back(info.make({.members = MembersFor(i, Time(), scenario),
                                  .random = draws.At(i),
                                  .first_in_turn = scenario.first_in_turn}));
  }
  return policies;
}

std::vector<std::unique_ptr<els::RetryBudget>> MakeBudgets(
    const Scenario& scenario) {
  std::vector<std::unique_ptr<els::RetryBudget>> budgets;
  if (!scenario.retry_budget.has_value()) return budgets;
  for (std::size_t i = 0; i < scenario.access_points; ++i) {
    budgets.push_back(
        std::make_unique<els::RetryBudget>(*scenario.retry_budget));
  }
  return budgets;
}

class Simulation {
 public:
  Simulation(const Scenario& scenario, const PolicyInfo& policy,
             std::uint64_t seed);

  Result Run() &&;

 private:
  using Kind = Happening::Kind;

  void AwaitChangesOfMembership();
  void AwaitArrival();
  void Handle(const Happening& happening);
  void ChangeMembership();
  void Arrive();
  void Send(std::uint32_t request_id);
  void Submit(std::uint32_t id);
  void Start(const Job& job);
  void Served(std::uint32_t id);
  void Answer(std::uint32_t id, els::Outcome outcome);
  void End(std::uint32_t id, els::Outcome outcome);
  bool MayRetry(const Request& request);
  void EndRequest(std::uint32_t request_id, els::Outcome outcome);
  void CheckConservation() const;

  void Schedule(Duration delay, Kind kind, std::uint32_t id) {
    events_.Push(now_ + delay, {kind, id});
  }
  const ServerPlan& PlanFor(std::uint32_t id) const {
    return scenario_.servers[sent_[id].attempt.server];
  }
  Phase PhaseFor(std::uint32_t id) const {
    return PhaseAt(PlanFor(id), now_.time_since_epoch());
  }

  const Scenario& scenario_;
  Workload workload_;
  std::vector<std::unique_ptr<Policy>> policies_;  // By access point.
  // By access point; none if retries are free.
  std::vector<std::unique_ptr<els::RetryBudget>> budgets_;
  std::vector<Server> servers_;
  WindowTally windows_;

  Time now_ = {};
  EventQueue<Happening> events_;
  std::optional<Arrival> next_arrival_;  // Empty: there will be no more.
  std::vector<Request> requests_;        // In order of arrival.
  std::vector<Sent> sent_;               // Every attempt, in order.
  std::size_t open_ = 0;                 // Requests that have not ended.
  Result result_;
};

Simulation::Simulation(const Scenario& scenario, const PolicyInfo& policy,
                       std::uint64_t seed)
    : scenario_(scenario),
      workload_(scenario, seed),
      policies_(MakePolicies(scenario, policy, seed)),
      budgets_(MakeBudgets(scenario)),
      windows_(scenario) {
  for (const ServerPlan& server : scenario.servers) {
    servers_.emplace_back(server.slots);
  }
  result_.picks.resize(servers_.size());
}

Result Simulation::Run() && {
  AwaitChangesOfMembership();
  AwaitArrival();
  while (!events_.empty() && (next_arrival_.has_value() || open_ > 0)) {
    const auto event = events_.Pop();
    now_ = event.time;
    Handle(event.payload);
  }
  CheckConservation();
  result_.windows = std::move(windows_).Results();
  return std::move(result_);
}

void Simulation::AwaitChangesOfMembership() {
  for (const ServerPlan& server : scenario_.servers) {
    for (const Duration at : {server.joins_at, server.leaves_at}) {
      if (at == Duration::zero() || at == Duration::max()) continue;
      Schedule(at, Kind::kMembership, 0);
    }
  }
}

// One at a time, so that the queue of events stays small.
void Simulation::AwaitArrival() {
  next_arrival_ = workload_.Next();
  if (!next_arrival_.has_value()) return;
  events_.Push(next_arrival_->time, {Kind::kArrival, 0});
}

void Simulation::Handle(const Happening& happening) {
  switch (happening.kind) {
    case Kind::kArrival:
      return Arrive();
    case Kind::kServed:
      return Served(happening.attempt);
    case Kind::kFailed:
      return Answer(happening.attempt, els::Outcome::kFailure);
    case Kind::kTimeout:
      return End(happening.attempt, els::Outcome::kTimeout);
    case Kind::kMembership:
      return ChangeMembership();
  }
}

void Simulation::ChangeMembership() {
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    policies_[i]->SetMembers(MembersFor(i, now_, scenario_), now_);
  }
}

void Simulation::Arrive() {
  const auto id = static_cast<std::uint32_t>(requests_.size());
  ++open_;
  requests_.push_back({.arrival = *next_arrival_});
  result_.costs.emplace_back();
  windows_.Arrived(now_);
  if (!budgets_.empty()) {
    budgets_[next_arrival_->access_point]->Request(AsTimePoint(now_));
  }
  Send(id);
  AwaitArrival();
}

void Simulation::Send(std::uint32_t request_id) {
  const Request& request = requests_[request_id];
  const std::uint32_t access_point = request.arrival.access_point;
  const Attempt attempt =
      policies_[access_point]->Pick(now_, request.failed_by);
  ++result_.picks[attempt.server];
  windows_.Sent(attempt.server, access_point % scenario_.zones, now_);
  const auto id = static_cast<std::uint32_t>(sent_.size());
  sent_.push_back({.request = request_id, .time = now_, .attempt = attempt});
  if (scenario_.timeout.has_value()) {
    Schedule(*scenario_.timeout, Kind::kTimeout, id);
  }
  Submit(id);
}

void Simulation::Submit(std::uint32_t id) {
  Arrival& arrival = requests_[sent_[id].request].arrival;
  if (arrival.luck.Uniform() < PhaseFor(id).failure_rate) {
    Schedule(PlanFor(id).failure_after, Kind::kFailed, id);
    return;
  }
  const Job job = {.attempt = id, .size = arrival.size};
  if (servers_[sent_[id].attempt.server].Arrive(job)) Start(job);
}

void Simulation::Start(const Job& job) {
  const FractionalDuration size = job.size;
  Schedule(Rounded(size * PhaseFor(job.attempt).slowness), Kind::kServed,
           job.attempt);
}

// The server has done the work, whether or not somebody still waits for it.
void Simulation::Served(std::uint32_t id) {
  if (const auto next = servers_[sent_[id].attempt.server].Depart()) {
    Start(*next);
  }
  Answer(id, els::Outcome::kSuccess);
}

// A silent server goes on with its work, but nobody hears of it.
void Simulation::Answer(std::uint32_t id, els::Outcome outcome) {
  if (!PhaseFor(id).silent) End(id, outcome);
}

void Simulation::End(std::uint32_t id, els::Outcome outcome) {
  Sent& sent = sent_[id];
  if (!sent.open) return;  // A late answer, or the timeout of a timely one.
  sent.open = false;
  windows_.Settled(sent.attempt.server, now_);
  Request& request = requests_[sent.request];
  policies_[request.arrival.access_point]->Finish(sent.attempt, outcome,
                                                  now_ - sent.time, now_);
  if (outcome != els::Outcome::kSuccess) {
    request.failed_by.push_back(sent.attempt.server);
    if (MayRetry(request)) return Send(sent.request);
  }
  EndRequest(sent.request, outcome);
}

// Of a request that has just failed once more.
bool Simulation::MayRetry(const Request& request) {
  if (request.failed_by.size() > scenario_.retries) return false;
  return budgets_.empty() ||
         budgets_[request.arrival.access_point]->TryRetry(AsTimePoint(now_));
}

void Simulation::EndRequest(std::uint32_t request_id, els::Outcome outcome) {
  const Time arrival = requests_[request_id].arrival.time;
  --open_;
  result_.end = now_;
  result_.costs[request_id] = now_ - arrival;
  if (outcome == els::Outcome::kSuccess) {
    ++result_.succeeded;
    return;
  }
  windows_.Failed(arrival);
  result_.costs[request_id] += scenario_.failure_penalty;
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
