#include "sim/model/simulate.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "els/retry_budget.h"
#include "sim/model/assemble.h"
#include "sim/model/conservation.h"
#include "sim/model/event_queue.h"
#include "sim/model/happening.h"
#include "sim/model/in_flight.h"
#include "sim/model/server.h"
#include "sim/model/slab.h"
#include "sim/model/workload.h"

namespace els_sim {
namespace {

class Simulation final : private Truth {
 public:
  Simulation(const Scenario& scenario, const PolicyInfo& policy,
             std::uint64_t seed,
             const std::function<void(const Ended&)>& on_end);

  Result Run() &&;

 private:
  using Kind = Happening::Kind;

  // Truth
  std::size_t InServer(std::uint32_t server) const override {
    return servers_[server]->InServer();
  }
  double WorkLeft(std::uint32_t server) const override {
    return servers_[server]->WorkLeft(now_);
  }
  double Slowness(std::uint32_t server) const override {
    return servers_[server]->SlownessAt(now_);
  }
  bool IsFree(std::uint32_t server) const override {
    return InServer(server) + under_way_[server] <
           AtOnce(scenario_.servers[server]);
  }
  bool Answers(std::uint32_t server) const override {
    return !PhaseAt(scenario_.servers[server], now_.time_since_epoch()).silent;
  }

  // -- The access points
  void AwaitChangesOfMembership();
  void AwaitArrival();
  void AwaitAgain(const Arrival& last);
  void Handle(const Happening& happening);
  void ChangeMembership();
  void Arrive(const Arrival& arrival);
  void Send(std::uint32_t request_id);
  void Go(std::uint32_t id);
  void SendWhatWaits();
  void TimeOut(const Happening& happening);
  void End(std::uint32_t id, els::Outcome outcome);
  bool MayRetry(const Request& request);
  void Retry(std::uint32_t request_id);
  void EndRequest(std::uint32_t request_id, const Sent& last,
                  els::Outcome outcome);

  // -- The servers
  void Reach(std::uint32_t id);
  void Await(const std::optional<Server::Due>& due, std::uint32_t server);
  void Served(std::uint32_t server, std::uint32_t what);
  void Answer(std::uint32_t id, Duration after, Kind kind);
  void Arrived(std::uint32_t id, els::Outcome outcome);
  void FreeIfOver(std::uint32_t id);

  void Schedule(Duration delay, Kind kind, std::uint32_t what,
                std::uint32_t version = 0) {
    events_.Push(now_ + delay, {kind, what, version});
  }
  Duration DelayOf(const Sent& sent) const {
    if (scenario_.delays.empty()) return {};
    return scenario_.delays[sent.access_point % scenario_.zones]
                           [scenario_.servers[sent.attempt.server].zone];
  }

  const Scenario& scenario_;
  const std::function<void(const Ended&)>& on_end_;
  Workload workload_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Policy>> policies_;  // By access point.
  // By access point; none if retries are free.
  std::vector<std::unique_ptr<els::RetryBudget>> budgets_;
  WindowTally windows_;

  const bool one_queue_;                  // See PolicyInfo.
  std::deque<std::uint32_t> queue_;       // What is held back, in order.
  std::vector<std::uint64_t> under_way_;  // By server: attempts.

  Time now_ = {};
  EventQueue<Happening> events_;
  std::optional<Arrival> next_arrival_;  // Empty: there will be no more.
  Slab<Arrival> thinking_;               // What users will send, or
  std::deque<Arrival> at_once_;          // send without thinking.
  Slab<Request> requests_;
  Slab<Sent> sent_;
  std::uint32_t versions_ = 0;

  Conservation conservation_;
  Result result_;
};

Simulation::Simulation(const Scenario& scenario, const PolicyInfo& policy,
                       std::uint64_t seed,
                       const std::function<void(const Ended&)>& on_end)
    : scenario_(scenario),
      on_end_(on_end),
      workload_(scenario, seed),
      servers_(MakeServers(scenario, seed)),
      policies_(MakePolicies(scenario, policy, seed, *this)),
      budgets_(MakeBudgets(scenario)),
      windows_(scenario),
      one_queue_(policy.one_queue),
      under_way_(scenario.servers.size()) {
  result_.picks.resize(servers_.size());
}

Result Simulation::Run() && {
  AwaitChangesOfMembership();
  AwaitArrival();
  while (!events_.empty() && (next_arrival_.has_value() || !thinking_.empty() ||
                              conservation_.AnyOpen())) {
    const auto event = events_.Pop();
    conservation_.PassTime(event.time - now_);
    now_ = event.time;
    Handle(event.payload);
    // Before what else is due at this instant, as the user does not wait.
    for (; !at_once_.empty(); at_once_.pop_front()) Arrive(at_once_.front());
  }
  conservation_.Check(scenario_.name,
                      result_.succeeded + result_.failed + result_.timed_out);
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
  events_.Push(next_arrival_->time, {Kind::kArrival});
}

void Simulation::AwaitAgain(const Arrival& last) {
  const std::optional<Arrival> next = workload_.After(last, now_);
  if (!next.has_value()) return;
  if (next->time == now_) return at_once_.push_back(*next);
  events_.Push(next->time, {Kind::kAgain, thinking_.Add(*next)});
}

void Simulation::Handle(const Happening& happening) {
  const std::uint32_t what = happening.what;
  switch (happening.kind) {
    case Kind::kArrival:
      Arrive(*next_arrival_);
      return AwaitArrival();
    case Kind::kAgain:
      Arrive(thinking_[what]);
      return thinking_.Free(what);
    case Kind::kReach:
      --under_way_[sent_[what].attempt.server];
      return Reach(what);
    case Kind::kServed:
      return Served(sent_[what].attempt.server, what);
    case Kind::kShared:
      return Served(what, happening.version);
    case Kind::kAnswer:
      return Arrived(what, els::Outcome::kSuccess);
    case Kind::kFailure:
      return Arrived(what, els::Outcome::kFailure);
    case Kind::kTimeout:
      return TimeOut(happening);
    case Kind::kRetry:
      return Send(what);
    case Kind::kMembership:
      return ChangeMembership();
  }
}

void Simulation::ChangeMembership() {
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    policies_[i]->SetMembers(MembersFor(i, now_, scenario_), now_);
  }
  SendWhatWaits();
}

void Simulation::Arrive(const Arrival& arrival) {
  if (!budgets_.empty()) {
    budgets_[arrival.access_point]->Request(AsTimePoint(now_));
  }
  Send(requests_.Add({.number = conservation_.Arrive(), .arrival = arrival}));
}

void Simulation::Send(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  const std::uint32_t access_point = request.arrival.access_point;
  const Attempt attempt =
      policies_[access_point]->Pick(now_, request.failed_by);
  const bool held = one_queue_ && !IsFree(attempt.server);
  const std::uint32_t id = sent_.Add({.request = request_id,
                                      .version = ++versions_,
                                      .time = now_,
                                      .attempt = attempt,
                                      .access_point = access_point,
                                      .size = request.arrival.size,
                                      .luck = request.arrival.luck.Uniform(),
                                      .held = held});
  if (scenario_.timeout.has_value()) {
    events_.PushInOrder(now_ + *scenario_.timeout,
                        {Kind::kTimeout, id, versions_});
  }
  if (held) return queue_.push_back(id);
  Go(id);
}

void Simulation::Go(std::uint32_t id) {
  const Sent& sent = sent_[id];
  const std::uint32_t server = sent.attempt.server;
  ++result_.picks[server];
  windows_.Sent(server, sent.access_point % scenario_.zones, now_);
  const Duration delay = DelayOf(sent);
  if (delay == Duration::zero()) return Reach(id);
  ++under_way_[server];
  Schedule(delay, Kind::kReach, id);
}

// In order, for as long as a server is free for the first.
void Simulation::SendWhatWaits() {
  while (!queue_.empty()) {
    const std::uint32_t id = queue_.front();
    Sent& sent = sent_[id];
    if (sent.open) {
      sent.attempt = policies_[sent.access_point]->Pick(
          now_, requests_[sent.request].failed_by);
      if (!IsFree(sent.attempt.server)) return;
    }
    queue_.pop_front();
    sent.held = false;
    if (sent.open) {
      Go(id);
    } else {
      sent.going = false;
      FreeIfOver(id);
    }
  }
}

// The place may have gone to a later attempt meanwhile.
void Simulation::TimeOut(const Happening& happening) {
  const std::uint32_t id = happening.what;
  if (sent_[id].version != happening.version) return;
  if (sent_[id].open) End(id, els::Outcome::kTimeout);
}

void Simulation::End(std::uint32_t id, els::Outcome outcome) {
  Sent& sent = sent_[id];
  sent.open = false;
  if (!sent.held) windows_.Settled(sent.attempt.server, now_);
  policies_[sent.access_point]->Finish(sent.attempt, outcome, now_ - sent.time,
                                       now_);
  const Sent ended = sent;
  FreeIfOver(id);
  Request& request = requests_[ended.request];
  if (outcome != els::Outcome::kSuccess) {
    request.failed_by.push_back(ended.attempt.server);
    if (MayRetry(request)) return Retry(ended.request);
  }
  EndRequest(ended.request, ended, outcome);
}

// Of a request that has just failed once more.
bool Simulation::MayRetry(const Request& request) {
  if (request.failed_by.size() > scenario_.retries.most) return false;
  return budgets_.empty() ||
         budgets_[request.arrival.access_point]->TryRetry(AsTimePoint(now_));
}

void Simulation::Retry(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  if (scenario_.retries.backoff == Duration::zero()) return Send(request_id);
  FractionalDuration most = scenario_.retries.backoff;
  for (std::size_t i = 1; i < request.failed_by.size(); ++i) most *= 2;
  Schedule(Rounded(most * request.arrival.luck.Uniform()), Kind::kRetry,
           request_id);
}

void Simulation::EndRequest(std::uint32_t request_id, const Sent& last,
                            els::Outcome outcome) {
  const std::uint64_t number = requests_[request_id].number;
  const Arrival arrival = requests_[request_id].arrival;
  requests_.Free(request_id);
  result_.end = now_;
  const Duration taken = now_ - arrival.time;
  conservation_.End(taken);
  const bool failed = outcome != els::Outcome::kSuccess;
  const Duration cost =
      taken + (failed ? scenario_.failure_penalty : Duration::zero());
  result_.costs.Add(cost);
  windows_.Ended(arrival.time, cost, failed);
  if (!failed) {
    ++result_.succeeded;
  } else {
    ++(outcome == els::Outcome::kTimeout ? result_.timed_out : result_.failed);
  }
  if (on_end_)
    on_end_({number, arrival.time, now_, outcome, last.attempt.server});
  AwaitAgain(arrival);
}

void Simulation::Reach(std::uint32_t id) {
  const Sent& sent = sent_[id];
  const std::uint32_t server = sent.attempt.server;
  const ServerPlan& plan = scenario_.servers[server];
  const Phase phase = PhaseAt(plan, now_.time_since_epoch());
  if (sent.luck < phase.failure_rate ||
      servers_[server]->InServer() >= plan.most_in_flight) {
    return Answer(id, plan.failure_after, Kind::kFailure);
  }
  Await(servers_[server]->Arrive({.attempt = id, .size = sent.size}, now_),
        server);
}

void Simulation::Await(const std::optional<Server::Due>& due,
                       std::uint32_t server) {
  if (!due.has_value()) return;
  const bool shared =
      scenario_.servers[server].discipline == Discipline::kSharing;
  events_.Push(due->time, shared ? Happening{Kind::kShared, server, due->what}
                                 : Happening{Kind::kServed, due->what});
}

// The server has done the work, whether or not somebody still waits for it.
void Simulation::Served(std::uint32_t server, std::uint32_t what) {
  const Server::Departure departure = servers_[server]->Depart(what, now_);
  Await(departure.next, server);
  if (departure.attempt.has_value()) {
    Answer(*departure.attempt, Duration::zero(), Kind::kAnswer);
  }
  SendWhatWaits();
}

// It goes on its way `after` so long.
void Simulation::Answer(std::uint32_t id, Duration after, Kind kind) {
  const Duration delay = after + DelayOf(sent_[id]);
  if (delay > Duration::zero()) return Schedule(delay, kind, id);
  Arrived(id, kind == Kind::kAnswer ? els::Outcome::kSuccess
                                    : els::Outcome::kFailure);
}

// A silent server goes on with its work, but nobody hears of it.
void Simulation::Arrived(std::uint32_t id, els::Outcome outcome) {
  Sent& sent = sent_[id];
  sent.going = false;
  const Duration sent_at = now_.time_since_epoch() - DelayOf(sent);
  const Phase phase = PhaseAt(scenario_.servers[sent.attempt.server], sent_at);
  if (!sent.open || phase.silent) return FreeIfOver(id);
  End(id, outcome);
}

void Simulation::FreeIfOver(std::uint32_t id) {
  const Sent& sent = sent_[id];
  if (!sent.open && !sent.going) sent_.Free(id);
}

}  // namespace

Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed,
                const std::function<void(const Ended&)>& on_end) {
  return Simulation(scenario, policy, seed, on_end).Run();
}

}  // namespace els_sim
