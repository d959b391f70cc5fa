#include "sim/model/simulate.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "sim/model/assemble.h"
#include "sim/model/conservation.h"
#include "sim/model/fleet.h"
#include "sim/model/gate.h"
#include "sim/model/happening.h"
#include "sim/model/in_flight.h"
#include "sim/model/slab.h"
#include "sim/model/stage.h"
#include "sim/model/tally.h"
#include "sim/model/workload.h"

namespace els_sim {
namespace {

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
  void Go(std::uint32_t id);
  void SendWhatWaits();
  void Serve(std::uint32_t server, std::uint32_t what);
  void TimeOut(const Happening& happening);
  void Hear(const std::optional<Fleet::Heard>& heard);
  void FreeIfOver(std::uint32_t id);
  void Begin(std::uint32_t id);
  void End(std::uint32_t id, els::Outcome outcome);
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
  Tally tally_;

  std::deque<std::uint32_t> queue_;      // What is held back, in order.
  std::optional<Arrival> next_arrival_;  // Empty: there will be no more.
  Slab<Arrival> thinking_;               // What users will send, or
  std::deque<Arrival> at_once_;          // send without thinking.
  Slab<Request> requests_;
  std::uint32_t versions_ = 0;

  Conservation conservation_;
  Time end_ = {};  // Of the request that ended last.
};

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

void Simulation::Arrive(const Arrival& arrival) {
  gate_.Arrive(arrival.access_point, stage_.now);
  Send(requests_.Add({.number = conservation_.Arrive(), .arrival = arrival}));
}

void Simulation::Send(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  const std::uint32_t access_point = request.arrival.access_point;
  const std::optional<std::uint32_t> admitted =
      gate_.TryAdmit(access_point, request.number, stage_.now);
  if (!admitted.has_value()) {
    request.refused = true;
    return EndRequest(request_id, els::Outcome::kFailure, {});
  }
  const std::optional<Attempt> attempt =
      policies_[access_point]->PickFor(stage_.now, AskedOf(request, scenario_));
  if (!attempt.has_value()) {
    gate_.Done(access_point, *admitted, els::Outcome::kCancelled, {},
               stage_.now);
    tally_.Shed();
    return EndRequest(request_id, els::Outcome::kFailure, {});
  }
  const bool held = one_queue_ && !fleet_.IsFree(attempt->server);
  const std::uint32_t id =
      stage_.sent.Add({.request = request_id,
                       .number = request.number,
                       .version = ++versions_,
                       .time = stage_.now,
                       .attempt = *attempt,
                       .access_point = access_point,
                       .admitted = *admitted,
                       .size = request.arrival.size,
                       .luck = request.arrival.luck.Uniform(),
                       .held = held});
  if (scenario_.timeout.has_value()) {
    stage_.events.PushInOrder(stage_.now + *scenario_.timeout,
                              {Kind::kTimeout, id, versions_});
  }
  if (held) return queue_.push_back(id);
  Go(id);
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
          stage_.now, requests_[sent.request].failed_by);
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

// The place may have gone to a later attempt meanwhile.
void Simulation::TimeOut(const Happening& happening) {
  const std::uint32_t id = happening.what;
  if (stage_.sent[id].version != happening.version) return;
  const Sent& sent = stage_.sent[id];
  if (sent.open && !sent.begun.has_value()) End(id, els::Outcome::kTimeout);
}

// An answer reaches its access point. A silent server goes on with its work,
// but nobody hears of it.
void Simulation::Hear(const std::optional<Fleet::Heard>& heard) {
  if (!heard.has_value()) return;
  const std::uint32_t id = heard->attempt;
  Sent& sent = stage_.sent[id];
  sent.going = false;
  const Duration sent_at = stage_.now.time_since_epoch() - stage_.DelayOf(sent);
  const Phase phase = PhaseAt(scenario_.servers[sent.attempt.server], sent_at);
  if (!sent.open || phase.silent) return FreeIfOver(id);
  if (sent.tail.has_value()) return Begin(id);
  End(id, heard->outcome);
}

void Simulation::FreeIfOver(std::uint32_t id) {
  const Sent& sent = stage_.sent[id];
  if (!sent.open && !sent.going) stage_.sent.Free(id);
}

// The first byte is here of an answer that goes on. Its end comes even if the
// server falls silent.
void Simulation::Begin(std::uint32_t id) {
  Sent& sent = stage_.sent[id];
  sent.begun = stage_.now;
  Policy& policy = *policies_[sent.access_point];
  if (policy.EndsAtFirstByte()) {
    Tell(sent, els::Outcome::kSuccess);
  } else {
    policy.Answered(sent.attempt, stage_.now - sent.time, stage_.now);
  }
  sent.attempt.begun = true;
  stage_.Schedule(sent.tail->length, Kind::kEnd, id);
}

void Simulation::End(std::uint32_t id, els::Outcome outcome) {
  Sent& sent = stage_.sent[id];
  sent.open = false;
  if (!sent.held) tally_.Settled(sent.attempt.server, stage_.now);
  gate_.Done(sent.access_point, sent.admitted, outcome, stage_.now - sent.time,
             stage_.now);
  if (!sent.begun.has_value() ||
      !policies_[sent.access_point]->EndsAtFirstByte()) {
    Tell(sent, outcome);
  }
  // To whom the answer is for, one that says nothing of speed is an answer.
  if (outcome == els::Outcome::kNeutral) outcome = els::Outcome::kSuccess;
  const Sent ended = sent;
  FreeIfOver(id);
  Request& request = requests_[ended.request];
  if (outcome != els::Outcome::kSuccess) {
    request.failed_by.push_back(ended.attempt.server);
    // What has begun cannot be begun anew: the user has a part of it.
    if (!ended.begun.has_value() && MayRetry(request)) {
      return Retry(ended.request);
    }
  }
  EndRequest(ended.request, outcome, ended);
}

// Tells the attempt's policy how it went.
void Simulation::Tell(const Sent& sent, els::Outcome outcome) {
  Policy& policy = *policies_[sent.access_point];
  const Duration latency = stage_.now - sent.time;
  if (outcome == els::Outcome::kNeutral) {
    return policy.FinishNeutral(sent.attempt, latency, stage_.now);
  }
  policy.Finish(sent.attempt, outcome, latency, stage_.now);
}

// Of a request that has just failed once more.
bool Simulation::MayRetry(const Request& request) {
  if (request.failed_by.size() > scenario_.retries.most) return false;
  return gate_.MayRetry(request.arrival.access_point, stage_.now);
}

void Simulation::Retry(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  if (scenario_.retries.backoff == Duration::zero()) return Send(request_id);
  FractionalDuration most = scenario_.retries.backoff;
  for (std::size_t i = 1; i < request.failed_by.size(); ++i) most *= 2;
  stage_.Schedule(Rounded(most * request.arrival.luck.Uniform()), Kind::kRetry,
                  request_id);
}

// `last` is the attempt that ended it, if one was sent.
void Simulation::EndRequest(std::uint32_t request_id, els::Outcome outcome,
                            const std::optional<Sent>& last) {
  const std::uint64_t number = requests_[request_id].number;
  const Arrival arrival = requests_[request_id].arrival;
  const bool refused = requests_[request_id].refused;
  requests_.Free(request_id);
  end_ = stage_.now;
  conservation_.End(stage_.now - arrival.time);
  Ended ended = {number, arrival.time, stage_.now, outcome, {}};
  if (last.has_value()) ended.server = last->attempt.server;
  const bool failed = outcome != els::Outcome::kSuccess;
  if (!failed && last->begun.has_value()) ended.end = *last->begun;
  tally_.Ended(ended, arrival.size);
  gate_.Ended({.access_point = arrival.access_point,
               .number = number,
               .arrival = arrival.time,
               .latency = ended.end - arrival.time,
               .succeeded = !failed,
               .refused = refused});
  if (on_end_) on_end_(ended);
  AwaitAgain(arrival);
}

}  // namespace

Result Simulate(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed,
                const std::function<void(const Ended&)>& on_end) {
  return Simulation(scenario, policy, seed, on_end).Run();
}

}  // namespace els_sim
