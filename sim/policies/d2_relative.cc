#include "sim/policies/d2_relative.h"

#include <algorithm>
#include <cmath>

namespace els_sim {
namespace {

std::int64_t InMilliseconds(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch())
      .count();
}

}  // namespace

D2Relative::D2Relative(const PolicySetup& setup, const D2Options& options)
    : options_(options),
      candidates_(absl::Span<const Member>()),
      random_(setup.random) {
  SetMembers(setup.members, Time());
}

void D2Relative::SetMembers(absl::Span<const Member> members, Time now) {
  EndIntervals(now);
  const Candidates before = candidates_;
  candidates_.Set(members);
  hosts_.resize(std::max(hosts_.size(), candidates_.Places()));
  for (const Member& member : members) {
    Host& host = hosts_[member.server];
    if (!before.Has(member.server)) {
      host = {.health = options_.initial_health, .stay = host.stay + 1};
    }
    host.weight = member.Share();
  }
}

std::uint64_t D2Relative::Points(std::uint32_t server) const {
  const Host& host = hosts_[server];
  return static_cast<std::uint64_t>(
      std::llround(kPointsPerWeight * host.health * host.weight));
}

double D2Relative::Latency::MeanMs() const {
  if (count == 0) return 0;
  return std::round(static_cast<double>(sum_ms) / static_cast<double>(count));
}

D2Relative::Latency D2Relative::LatencyOf(const Host& host,
                                          std::int64_t now_ms) {
  return {.count = host.calls + host.outstanding,
          .sum_ms = host.calls_ms + host.outstanding * now_ms - host.starts_ms};
}

double D2Relative::Raised(double health) const {
  if (health >= options_.slow_start_threshold) {
    return std::min(1.0, health + kUpStep);
  }
  return std::min(1.0, 2 * health);
}

void D2Relative::Adjust(Host& host, const Latency& own,
                        double cluster_ms) const {
  if (own.count == 0) return;
  const double mean_ms = own.MeanMs();
  const double error_rate =
      static_cast<double>(host.errors) / static_cast<double>(own.count);
  if (mean_ms >= kHighLatencyFactor * cluster_ms ||
      error_rate >= options_.high_error_rate) {
    host.health = std::max(0.0, host.health - kDownStep);
  } else if (mean_ms <= kLowLatencyFactor * cluster_ms &&
             error_rate <= options_.low_error_rate) {
    host.health = Raised(host.health);
  }
  // None is left without a chance to show that it has recovered.
  if (host.health < kNone) host.health = kRecoveringHealth;
}

void D2Relative::EndInterval(std::int64_t now_ms) {
  Latency cluster;
  for (const std::uint32_t server : candidates_.All()) {
    const Latency own = LatencyOf(hosts_[server], now_ms);
    cluster.count += own.count;
    cluster.sum_ms += own.sum_ms;
  }
  const double cluster_ms = cluster.MeanMs();
  for (const std::uint32_t server : candidates_.All()) {
    Host& host = hosts_[server];
    Adjust(host, LatencyOf(host, now_ms), cluster_ms);
    host.calls = host.errors = host.calls_ms = 0;
  }
}

void D2Relative::EndIntervals(Time now) {
  while (interval_end_.has_value() && now >= *interval_end_) {
    EndInterval(InMilliseconds(*interval_end_));
    *interval_end_ += kInterval;
  }
}

std::uint32_t D2Relative::AtRandomPoint(
    absl::Span<const std::uint32_t> servers) {
  std::uint64_t points = 0;
  for (const std::uint32_t server : servers) points += Points(server);
  // A great distance leaves a server without a point.
  if (points == 0) return servers[random_.Below(servers.size())];
  std::uint64_t at = random_.Below(points);
  for (const std::uint32_t server : servers) {
    if (at < Points(server)) return server;
    at -= Points(server);
  }
  return servers.back();  // Never: `at` is below the sum.
}

Attempt D2Relative::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  if (!interval_end_.has_value()) {
    const Duration somewhere =
        Rounded(random_.Uniform() * FractionalDuration(kInterval));
    interval_end_ = now + options_.first_interval.value_or(somewhere);
  }
  EndIntervals(now);
  const std::uint32_t chosen = AtRandomPoint(candidates_.Without(avoid));
  const std::int64_t now_ms = InMilliseconds(now);
  Host& host = hosts_[chosen];
  ++host.outstanding;
  host.starts_ms += now_ms;
  return {.server = chosen,
          .token = calls_.Add({.start_ms = now_ms, .stay = host.stay})};
}

void D2Relative::Finish(const Attempt& attempt, els::Outcome outcome, Duration,
                        Time now) {
  EndIntervals(now);
  const Call call = calls_[attempt.token];
  calls_.Free(attempt.token);
  Host& host = hosts_[attempt.server];
  if (call.stay != host.stay) return;
  --host.outstanding;
  host.starts_ms -= call.start_ms;
  ++host.calls;
  host.calls_ms += InMilliseconds(now) - call.start_ms;
  if (outcome == els::Outcome::kFailure || outcome == els::Outcome::kTimeout) {
    ++host.errors;
  }
}

}  // namespace els_sim
