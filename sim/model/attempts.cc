// What becomes of a request: its attempts from when they are sent until they
// are answered or given up.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "sim/model/assemble.h"
#include "sim/model/simulation.h"

namespace els_sim {
namespace {

void AddOnce(std::uint32_t server, std::vector<std::uint32_t>& servers) {
  const auto found = std::find(servers.begin(), servers.end(), server);
  if (found == servers.end()) servers.push_back(server);
}

}  // namespace

void Simulation::Arrive(const Arrival& arrival) {
  gate_.Arrive(arrival.access_point, stage_.now);
  const std::uint32_t request_id =
      requests_.Add({.number = conservation_.Arrive(), .arrival = arrival});
  hedger_.Begin(requests_[request_id], stage_.now);
  Send(request_id);
}

void Simulation::Send(std::uint32_t request_id) {
  const std::optional<Unsent> why = TrySend(request_id);
  if (!why.has_value()) return;
  requests_[request_id].refused = why == Unsent::kRefused;
  if (why == Unsent::kShed) tally_.Shed();
  EndRequest(request_id, els::Outcome::kFailure, {});
}

// If it returns nothing the request may have ended already.
std::optional<Unsent> Simulation::TrySend(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  const std::uint32_t access_point = request.arrival.access_point;
  const std::optional<std::uint32_t> admitted =
      gate_.TryAdmit(access_point, request.number, stage_.now);
  if (!admitted.has_value()) return Unsent::kRefused;
  const std::optional<Attempt> attempt =
      policies_[access_point]->PickFor(stage_.now, AskedOf(request, scenario_));
  if (!attempt.has_value()) {
    gate_.Done(access_point, *admitted, els::Outcome::kCancelled, {},
               stage_.now);
    return Unsent::kShed;
  }
  const bool held = one_queue_ && !fleet_.IsFree(attempt->server);
  const std::uint32_t id =
      stage_.sent.Add({.request = request_id,
                       .number = request.number,
                       .ordinal = request.attempts++,
                       .version = ++versions_,
                       .time = stage_.now,
                       .attempt = *attempt,
                       .access_point = access_point,
                       .admitted = *admitted,
                       .size = request.arrival.size,
                       .luck = request.arrival.luck.Uniform(),
                       .held = held});
  request.open.push_back(id);
  if (scenario_.timeout.has_value()) {
    stage_.events.PushInOrder(stage_.now + *scenario_.timeout,
                              {Kind::kTimeout, id, versions_});
  }
  if (request.attempts == 1) AwaitHedge(id);
  if (held) {
    queue_.push_back(id);
  } else {
    Go(id);
  }
  return std::nullopt;
}

void Simulation::AwaitHedge(std::uint32_t id) {
  const Sent& sent = stage_.sent[id];
  const std::optional<Duration> delay =
      hedger_.DelayOf(requests_[sent.request]);
  if (!delay.has_value()) return;
  stage_.Schedule(*delay, Kind::kHedge, id, sent.version);
}

// If the attempt is still unanswered. One that is held back is not sent, and
// needs no hedge.
void Simulation::SendHedge(const Happening& happening) {
  const Sent& sent = stage_.sent[happening.what];
  if (sent.version != happening.version || !sent.open || sent.held ||
      sent.begun.has_value()) {
    return;
  }
  const std::uint32_t request_id = sent.request;
  Request& request = requests_[request_id];
  if (!hedger_.TrySend(request)) return;
  AddOnce(sent.attempt.server, request.avoid);
  // One that cannot be sent is none: the first attempt goes on.
  static_cast<void>(TrySend(request_id));
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
  CancelOthers(sent.request, id);
  Hedger::Done(requests_[sent.request], els::Outcome::kSuccess, stage_.now);
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
  const Sent ended = Settle(id, outcome);
  // To whom the answer is for, one that says nothing of speed is an answer.
  if (outcome == els::Outcome::kNeutral) outcome = els::Outcome::kSuccess;
  Request& request = requests_[ended.request];
  if (outcome == els::Outcome::kSuccess) {
    CancelOthers(ended.request, id);
  } else {
    AddOnce(ended.attempt.server, request.avoid);
    if (!request.open.empty()) return;  // Its other attempt goes on.
    // What has begun cannot be begun anew: the user has a part of it.
    if (!ended.begun.has_value() && MayRetry(request)) {
      return Retry(ended.request);
    }
  }
  EndRequest(ended.request, outcome, ended);
}

// Nobody waits for the attempt any more. Returns what it was.
Sent Simulation::Settle(std::uint32_t id, els::Outcome outcome) {
  Sent& sent = stage_.sent[id];
  sent.open = false;
  if (!sent.held) tally_.Settled(sent.attempt.server, stage_.now);
  gate_.Done(sent.access_point, sent.admitted, outcome, stage_.now - sent.time,
             stage_.now);
  if (!sent.begun.has_value() ||
      !policies_[sent.access_point]->EndsAtFirstByte()) {
    Tell(sent, outcome);
  }
  std::erase(requests_[sent.request].open, id);
  const Sent settled = sent;
  FreeIfOver(id);
  return settled;
}

// One attempt at the request has won.
void Simulation::CancelOthers(std::uint32_t request_id, std::uint32_t id) {
  const std::vector<std::uint32_t> open = requests_[request_id].open;
  for (const std::uint32_t other : open) {
    if (other != id) Settle(other, els::Outcome::kCancelled);
  }
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
  if (request.retries == scenario_.retries.most) return false;
  return gate_.MayRetry(request.arrival.access_point, stage_.now);
}

void Simulation::Retry(std::uint32_t request_id) {
  Request& request = requests_[request_id];
  ++request.retries;
  if (scenario_.retries.backoff == Duration::zero()) return Send(request_id);
  FractionalDuration most = scenario_.retries.backoff;
  for (std::size_t i = 1; i < request.retries; ++i) most *= 2;
  stage_.Schedule(Rounded(most * request.arrival.luck.Uniform()), Kind::kRetry,
                  request_id);
}

// `last` is the attempt that ended it, if one was sent.
void Simulation::EndRequest(std::uint32_t request_id, els::Outcome outcome,
                            const std::optional<Sent>& last) {
  const std::uint64_t number = requests_[request_id].number;
  const Arrival arrival = requests_[request_id].arrival;
  Hedger::Done(requests_[request_id], outcome, stage_.now);
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

}  // namespace els_sim
