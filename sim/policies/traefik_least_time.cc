#include "sim/policies/traefik_least_time.h"

#include <algorithm>
#include <chrono>

namespace els_sim {

TraefikLeastTime::TraefikLeastTime(const PolicySetup& setup)
    : candidates_(setup.members) {
  SetMembers(setup.members, Time());
}

void TraefikLeastTime::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  handlers_.assign(candidates_.Places(), Handler());
  ++generation_;
  double last = 0;
  for (const Member& member : members) {
    Handler& handler = handlers_[member.server];
    handler.weight = member.Share();
    last += member.distance / member.weight;
    handler.deadline = last;
  }
}

double TraefikLeastTime::Score(std::uint32_t server) const {
  const Handler& handler = handlers_[server];
  if (handler.answers == 0) return 0;
  const double mean = static_cast<double>(handler.sum_ms) /
                      static_cast<double>(std::min(handler.answers, kSamples));
  return mean * static_cast<double>(handler.in_flight + 1) / handler.weight;
}

std::uint32_t TraefikLeastTime::EarliestOf(
    absl::Span<const std::uint32_t> equals) {
  const std::uint32_t chosen = *std::min_element(
      equals.begin(), equals.end(), [this](std::uint32_t a, std::uint32_t b) {
        return handlers_[a].deadline < handlers_[b].deadline;
      });
  Handler& handler = handlers_[chosen];
  handler.deadline += 1 / handler.weight;
  return chosen;
}

Attempt TraefikLeastTime::Pick(Time, absl::Span<const std::uint32_t> avoid) {
  equals_.clear();
  double least = 0;
  for (const std::uint32_t server : candidates_.Without(avoid)) {
    const double score = Score(server);
    if (!equals_.empty() && score > least) continue;
    if (!equals_.empty() && score < least) equals_.clear();
    least = score;
    equals_.push_back(server);
  }
  // Only a tie takes a turn.
  const std::uint32_t chosen =
      equals_.size() == 1 ? equals_.front() : EarliestOf(equals_);
  ++handlers_[chosen].in_flight;
  return {.server = chosen, .token = generation_};
}

void TraefikLeastTime::Sample(Handler& handler, Duration latency) {
  std::int64_t& oldest = handler.times_ms[handler.answers % kSamples];
  handler.sum_ms -= oldest;
  oldest = std::chrono::floor<std::chrono::milliseconds>(latency).count();
  handler.sum_ms += oldest;
  ++handler.answers;
}

void TraefikLeastTime::Answered(const Attempt& attempt, Duration latency,
                                Time) {
  if (attempt.token != generation_) return;
  Sample(handlers_[attempt.server], latency);
}

void TraefikLeastTime::Finish(const Attempt& attempt, els::Outcome outcome,
                              Duration latency, Time) {
  if (attempt.token != generation_) return;
  Handler& handler = handlers_[attempt.server];
  --handler.in_flight;
  const bool answered =
      outcome == els::Outcome::kSuccess || outcome == els::Outcome::kFailure;
  if (answered && !attempt.begun) Sample(handler, latency);
}

}  // namespace els_sim
