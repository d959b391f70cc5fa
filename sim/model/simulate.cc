#include "sim/model/simulate.h"

#include <utility>

#include "sim/model/assemble.h"
#include "sim/model/simulation.h"

// What happens in which order. What becomes of a request is in attempts.cc.

namespace els_sim {

Simulation::Simulation(const Scenario& scenario, const PolicyInfo& policy,
                       std::uint64_t seed,
                       const std::function<void(const Ended&)>& on_end)
    : scenario_(scenario),
      on_end_(on_end),
      one_queue_(policy.one_queue),
      stage_{scenario},
      fleet_(stage_, seed),
      workload_(scenario, seed),
      policies_(MakePolicies(scenario, policy, seed, fleet_)),
      gate_(scenario, seed),
      hedger_(scenario),
      tally_(scenario) {}

Result Simulation::Run() && {
  AwaitChangesOfMembership();
  AwaitArrival();
  while (!stage_.events.empty() &&
         (next_arrival_.has_value() || !thinking_.empty() ||
          conservation_.AnyOpen())) {
    const auto event = stage_.events.Pop();
    conservation_.PassTime(event.time - stage_.now);
    stage_.now = event.time;
    Handle(event.payload);
    // Before what else is due at this instant, as the user does not wait.
    for (; !at_once_.empty(); at_once_.pop_front()) Arrive(at_once_.front());
  }
  conservation_.Check(scenario_.name, tally_.ended());
  Result result = std::move(tally_).Results();
  result.end = end_;
  result.limit = gate_.all();
  result.limit_windows = gate_.windows();
  return result;
}

void Simulation::AwaitChangesOfMembership() {
  for (const ServerPlan& server : scenario_.servers) {
    for (const Duration at : {server.joins_at, server.leaves_at}) {
      if (at == Duration::zero() || at == Duration::max()) continue;
      stage_.Schedule(at, Kind::kMembership, 0);
    }
  }
}

// One at a time, so that the queue of events stays small.
void Simulation::AwaitArrival() {
  next_arrival_ = workload_.Next();
  if (!next_arrival_.has_value()) return;
  stage_.events.Push(next_arrival_->time, {Kind::kArrival});
}

void Simulation::AwaitAgain(const Arrival& last) {
  const std::optional<Arrival> next = workload_.After(last, stage_.now);
  if (!next.has_value()) return;
  if (next->time == stage_.now) return at_once_.push_back(*next);
  stage_.events.Push(next->time, {Kind::kAgain, thinking_.Add(*next)});
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
      return Hear(fleet_.Reach(what));
    case Kind::kServed:
      return Serve(stage_.sent[what].attempt.server, what);
    case Kind::kShared:
      return Serve(what, happening.version);
    case Kind::kRelease:
      fleet_.Release(what);
      return SendWhatWaits();
    case Kind::kAnswer:
      return Hear(Fleet::Heard{what, els::Outcome::kSuccess});
    case Kind::kFailure:
      return Hear(Fleet::Heard{what, els::Outcome::kFailure});
    case Kind::kNeutral:
      return Hear(Fleet::Heard{what, els::Outcome::kNeutral});
    case Kind::kEnd:
      return End(what, stage_.sent[what].tail->cut ? els::Outcome::kFailure
                                                   : els::Outcome::kSuccess);
    case Kind::kTimeout:
      return TimeOut(happening);
    case Kind::kRetry:
      return Send(what);
    case Kind::kHedge:
      return SendHedge(happening);
    case Kind::kMembership:
      return ChangeMembership();
  }
}

void Simulation::ChangeMembership() {
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    policies_[i]->SetMembers(MembersFor(i, stage_.now, scenario_), stage_.now);
  }
  SendWhatWaits();
}

void Simulation::Go(std::uint32_t id) {
  const Sent& sent = stage_.sent[id];
  tally_.Sent(sent.attempt.server, sent.access_point, stage_.now);
  Hear(fleet_.Send(id));
}

// In order, for as long as a server is free for the first.
void Simulation::SendWhatWaits() {
  while (!queue_.empty()) {
    const std::uint32_t id = queue_.front();
    Sent& sent = stage_.sent[id];
    if (sent.open) {
      sent.attempt = policies_[sent.access_point]->Pick(
          stage_.now, requests_[sent.request].avoid);
      if (!fleet_.IsFree(sent.attempt.server)) return;
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

void Simulation::Serve(std::uint32_t server, std::uint32_t what) {
  Hear(fleet_.Serve(server, what));
  SendWhatWaits();
}

Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed,
                const std::function<void(const Ended&)>& on_end) {
  return Simulation(scenario, policy, seed, on_end).Run();
}

}  // namespace els_sim
