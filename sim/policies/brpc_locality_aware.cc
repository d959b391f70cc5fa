#include "sim/policies/brpc_locality_aware.h"

#include <algorithm>
#include <cstddef>

namespace els_sim {
namespace {

using std::chrono::microseconds;

microseconds SinceStart(Time time) {
  return std::chrono::floor<microseconds>(time.time_since_epoch());
}

}  // namespace

BrpcLocalityAware::BrpcLocalityAware(const PolicySetup& setup)
    : candidates_(setup.members),
      weights_(candidates_.Places()),
      random_(setup.random) {}

void BrpcLocalityAware::SetMembers(absl::Span<const Member> members, Time) {
  const Candidates before = candidates_;
  std::int64_t sum = 0;
  for (const std::uint32_t server : before.All()) sum += Weight(server);
  const std::int64_t mean =
      sum / static_cast<std::int64_t>(before.All().size());
  candidates_.Set(members);
  weights_.resize(std::max(weights_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (!before.Has(server)) weights_[server].StartAnew(mean);
  }
}

std::int64_t BrpcLocalityAware::Weight(std::uint32_t server) const {
  return weights_[server].Value();
}

BrpcLocalityAware::Draw BrpcLocalityAware::DrawOne(
    absl::Span<const std::uint32_t> servers) {
  std::int64_t sum = 0;
  for (const std::uint32_t server : servers) sum += Weight(server);
  auto at =
      static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(sum)));
  std::size_t i = 0;
  for (; at >= Weight(servers[i]); ++i) at -= Weight(servers[i]);
  return {.server = servers[i], .within = at};
}

Attempt BrpcLocalityAware::Pick(Time now,
                                absl::Span<const std::uint32_t> avoid) {
  const auto left = candidates_.Without(avoid);
  Draw draw;
  for (std::size_t tries = 0; tries < left.size(); ++tries) {
    draw = DrawOne(left);
    weights_[draw.server].Reset(SinceStart(now));
    if (draw.within <= Weight(draw.server)) break;
  }
  weights_[draw.server].Begin(SinceStart(now));
  // The simulation has it avoid the server of each attempt that has failed.
  const auto retries = std::min<std::uint64_t>(
      avoid.size(), std::uint64_t{BrpcWeight::kMostRetries});
  return {.server = draw.server, .token = static_cast<std::uint32_t>(retries)};
}

void BrpcLocalityAware::Finish(const Attempt& attempt, els::Outcome outcome,
                               Duration latency, Time now) {
  BrpcWeight& weight = weights_[attempt.server];
  const microseconds begin = SinceStart(now - latency);
  if (outcome == els::Outcome::kSuccess) {
    weight.Succeed(begin, SinceStart(now));
  } else {
    weight.Fail(begin, SinceStart(now), attempt.token);
  }
}

}  // namespace els_sim
