#include "sim/model/fleet.h"

#include <algorithm>

#include "sim/model/assemble.h"

namespace els_sim {
namespace {

Happening::Kind KindOf(els::Outcome outcome) {
  switch (outcome) {
    case els::Outcome::kSuccess:
      return Happening::Kind::kAnswer;
    case els::Outcome::kNeutral:
      return Happening::Kind::kNeutral;
    default:
      return Happening::Kind::kFailure;
  }
}

}  // namespace

Fleet::Fleet(Stage& stage, std::uint64_t seed)
    : stage_(stage),
      fates_(seed),
      servers_(MakeServers(stage.scenario, seed)),
      under_way_(stage.scenario.servers.size()),
      meters_(stage.scenario.servers.size()) {}

std::optional<Fleet::Heard> Fleet::Send(std::uint32_t id) {
  const Sent& sent = stage_.sent[id];
  const Duration delay = stage_.DelayOf(sent);
  if (delay == Duration::zero()) return Arrive(id);
  ++under_way_[sent.attempt.server];
  stage_.Schedule(delay, Happening::Kind::kReach, id);
  return std::nullopt;
}

std::optional<Fleet::Heard> Fleet::Reach(std::uint32_t id) {
  --under_way_[stage_.sent[id].attempt.server];
  return Arrive(id);
}

std::optional<Fleet::Heard> Fleet::Arrive(std::uint32_t id) {
  const Sent& sent = stage_.sent[id];
  const std::uint32_t server = sent.attempt.server;
  const ServerPlan& plan = stage_.scenario.servers[server];
  const Phase phase = PhaseAt(plan, stage_.now.time_since_epoch());
  Measure(server);
  if (sent.luck < phase.failure_rate ||
      InServer(server) >= plan.most_in_flight) {
    meters_[server].Answers();
    meters_[server].Fails();
    return Answer(id, plan.failure_after, els::Outcome::kFailure);
  }
  if (fates_.IsNeutral(sent.number,
                       phase.neutral_rate.value_or(plan.neutral_rate))) {
    return Answer(id, plan.neutral_after, els::Outcome::kNeutral);
  }
  Await(
      servers_[server]->Arrive({.attempt = id, .size = sent.size}, stage_.now),
      server);
  return std::nullopt;
}

void Fleet::Await(const std::optional<Server::Due>& due, std::uint32_t server) {
  if (!due.has_value()) return;
  using Kind = Happening::Kind;
  const bool shared =
      stage_.scenario.servers[server].discipline == Discipline::kSharing;
  stage_.events.Push(due->time,
                     shared ? Happening{Kind::kShared, server, due->what}
                            : Happening{Kind::kServed, due->what});
}

// The server has done the work, whether or not somebody still waits for it.
std::optional<Fleet::Heard> Fleet::Serve(std::uint32_t server,
                                         std::uint32_t what) {
  Measure(server);
  const std::optional<std::uint32_t> id =
      servers_[server]->Depart(what, stage_.now);
  if (!id.has_value()) return std::nullopt;
  meters_[server].Answers();
  Sent& sent = stage_.sent[*id];
  sent.tail = TailOf(sent);
  if (sent.tail.has_value()) Stream(server, sent.tail->length);
  Await(servers_[server]->Next(stage_.now), server);
  const auto& stragglers = stage_.scenario.servers[server].stragglers;
  const Duration late =
      stragglers.has_value()
          ? fates_.LateBy(sent.number, sent.ordinal, *stragglers)
          : Duration::zero();
  return Answer(*id, late, els::Outcome::kSuccess);
}

// Of an answer that begins now. One that nobody waits for is not streamed.
std::optional<Tail> Fleet::TailOf(const Sent& sent) const {
  if (!sent.open) return std::nullopt;
  const ServerPlan& plan = stage_.scenario.servers[sent.attempt.server];
  const Phase phase = PhaseAt(plan, stage_.now.time_since_epoch());
  if (fates_.IsCut(sent.number, phase.cut_rate)) {
    return Tail{.length = plan.cut_after, .cut = true};
  }
  if (!plan.streams.has_value()) return std::nullopt;
  const Duration length = fates_.StreamedFor(sent.number, *plan.streams);
  if (length == Duration::zero()) return std::nullopt;
  return Tail{.length = length};
}

void Fleet::Stream(std::uint32_t server, Duration length) {
  const auto& streams = stage_.scenario.servers[server].streams;
  if (!streams.has_value() || streams->slots == 0) return;
  servers_[server]->Stream(stage_.now);
  stage_.Schedule(length, Happening::Kind::kRelease, server);
}

void Fleet::Release(std::uint32_t server) {
  servers_[server]->Release(stage_.now);
  Await(servers_[server]->Next(stage_.now), server);
}

// It goes on its way `after` so long.
std::optional<Fleet::Heard> Fleet::Answer(std::uint32_t id, Duration after,
                                          els::Outcome outcome) {
  const Duration delay = after + stage_.DelayOf(stage_.sent[id]);
  if (delay == Duration::zero()) return Heard{id, outcome};
  stage_.Schedule(delay, KindOf(outcome), id);
  return std::nullopt;
}

// Before what is in the server changes.
void Fleet::Measure(std::uint32_t server) {
  const ServerPlan& plan = stage_.scenario.servers[server];
  if (!plan.reports) return;
  const auto slots = static_cast<double>(AtOnce(plan));
  const auto in_use = static_cast<double>(InServer(server));
  meters_[server].Passed(std::min(1.0, in_use / slots), stage_.now);
}

// The answer's own request has left the server, but was in it as the server
// wrote the answer.
std::optional<els::ServerLoad> Fleet::Told(std::uint32_t server) const {
  if (!stage_.scenario.servers[server].reports) return std::nullopt;
  return meters_[server].Load(static_cast<double>(InServer(server) + 1));
}

std::size_t Fleet::InServer(std::uint32_t server) const {
  return servers_[server]->InServer();
}

double Fleet::WorkLeft(std::uint32_t server) const {
  return servers_[server]->WorkLeft(stage_.now);
}

double Fleet::Slowness(std::uint32_t server) const {
  return servers_[server]->SlownessAt(stage_.now);
}

bool Fleet::IsFree(std::uint32_t server) const {
  return InServer(server) + under_way_[server] +
             servers_[server]->SlotsOfStreams() <
         AtOnce(stage_.scenario.servers[server]);
}

bool Fleet::Answers(std::uint32_t server) const {
  return !PhaseAt(stage_.scenario.servers[server],
                  stage_.now.time_since_epoch())
              .silent;
}

}  // namespace els_sim
