#include "sim/policies/prequal.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace els_sim {

Prequal::Prequal(const PolicySetup& setup)
    : candidates_(setup.members), truth_(*setup.truth), random_(setup.random) {
  SetMembers(setup.members, {});
}

void Prequal::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(members);
  pool_.DropAllBut(candidates_);
  const auto all = candidates_.All();
  lottery_.assign(all.begin(), all.end());
  answers_.resize(std::max(answers_.size(), candidates_.Places()));
}

Attempt Prequal::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  pool_.DropReceivedBy(now - kProbeAge);
  const std::size_t hot_above =
      loads_.empty() ? 0 : HotAbove(loads_, kHotQuantile);
  const auto servers = candidates_.Without(avoid);
  const auto chosen = pool_.Choose(servers, hot_above, random_);
  if (chosen.has_value()) pool_.Use(*chosen);
  if (worst_is_next_) {
    pool_.RemoveWorst(hot_above);
  } else {
    pool_.RemoveOldest();
  }
  worst_is_next_ = !worst_is_next_;
  SendProbes(now);
  const std::uint32_t server =
      chosen.has_value() ? *chosen : servers[random_.Below(servers.size())];
  return {.server = server,
          .token = sent_.Add({.load = truth_.InServer(server),
                              .slowness = truth_.Slowness(server)})};
}

// To different members, all equally likely.
void Prequal::SendProbes(Time now) {
  const std::size_t probes = std::min(kProbesPerRequest, lottery_.size());
  for (std::size_t i = 0; i < probes; ++i) {
    std::swap(lottery_[i], lottery_[i + random_.Below(lottery_.size() - i)]);
    if (truth_.Answers(lottery_[i])) Receive(lottery_[i], now);
  }
}

void Prequal::Receive(std::uint32_t server, Time now) {
  const std::size_t load = truth_.InServer(server);
  pool_.Add({.server = server,
             .received = now,
             .in_flight = load,
             .latency = Latency(server, load),
             .uses = Uses()});
  if (loads_.size() < kLoadsKept) {
    loads_.push_back(load);
    return;
  }
  loads_[next_load_] = load;
  next_load_ = (next_load_ + 1) % kLoadsKept;
}

// Of a server that has not answered yet, what all have answered; before that,
// any number will do, as it is the same for all.
double Prequal::Latency(std::uint32_t server, std::size_t load) const {
  std::optional<double> latency = answers_[server].Near(load);
  if (!latency.has_value()) latency = all_answers_.Near(load);
  return truth_.Slowness(server) * latency.value_or(1);
}

double Prequal::Reuse(std::size_t servers) {
  constexpr auto kMost = static_cast<double>(ProbePool::kSize);
  // What the pool gains by a request: probes to servers that are not in it,
  // less what is removed.
  const double gain =
      (1 - kMost / static_cast<double>(servers)) * kProbesPerRequest -
      kRemovedPerRequest;
  if (gain <= 0) return kMost;
  return std::clamp((1 + kMoreReuse) / gain, 1.0, kMost);
}

// A whole number, above or below at random so that the mean is right.
std::uint32_t Prequal::Uses() {
  const double mean = Reuse(lottery_.size());
  const double whole = std::floor(mean);
  const bool more = random_.Uniform() < mean - whole;
  return static_cast<std::uint32_t>(whole) + (more ? 1 : 0);
}

void Prequal::Finish(const Attempt& attempt, els::Outcome outcome,
                     Duration latency, Time) {
  const Sent sent = sent_[attempt.token];
  sent_.Free(attempt.token);
  if (outcome == els::Outcome::kTimeout ||
      outcome == els::Outcome::kCancelled) {
    return;
  }
  const double normal = FractionalDuration(latency).count() / sent.slowness;
  answers_[attempt.server].Add(sent.load, normal);
  all_answers_.Add(sent.load, normal);
}

}  // namespace els_sim
