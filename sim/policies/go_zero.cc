#include "sim/policies/go_zero.h"

#include <cmath>
#include <utility>

#include "els/portable_math.h"
#include "sim/policies/whole_average.h"

namespace els_sim {
namespace {

// The original's order is that of a hash map, another for each picker. It
// decides between two equals where there are but two.
std::vector<Member> Shuffled(absl::Span<const Member> members,
                             els::Random& random) {
  std::vector<Member> shuffled(members.begin(), members.end());
  for (std::size_t left = shuffled.size(); left > 1; --left) {
    std::swap(shuffled[left - 1], shuffled[random.Below(left)]);
  }
  return shuffled;
}

}  // namespace

GoZero::GoZero(const PolicySetup& setup)
    : random_(setup.random),
      candidates_(Shuffled(setup.members, random_)),
      connections_(candidates_.Places()) {}

void GoZero::SetMembers(absl::Span<const Member> members, Time) {
  candidates_.Set(Shuffled(members, random_));
  connections_.assign(candidates_.Places(), Connection());
  ++generation_;
}

std::uint64_t GoZero::Load(std::uint32_t server) const {
  const Connection& connection = connections_[server];
  const auto root = static_cast<std::uint64_t>(
      std::sqrt(static_cast<double>(connection.latency_ns + 1)));
  return root * (connection.outstanding + 1);
}

Pair GoZero::Draw(absl::Span<const std::uint32_t> servers) {
  if (servers.size() == 2) return {servers[0], servers[1]};
  Pair pair;
  for (int i = 0; i < kTries; ++i) {
    pair = TwoOf(servers, random_);
    if (Success(pair.first) > kHealthyAbove &&
        Success(pair.second) > kHealthyAbove) {
      break;
    }
  }
  return pair;
}

std::uint32_t GoZero::Choose(const Pair& pair, Time now) const {
  std::uint32_t lower = pair.first;
  std::uint32_t higher = pair.second;
  if (Load(lower) > Load(higher)) std::swap(lower, higher);
  const std::optional<Time>& picked = connections_[higher].picked;
  const bool forced = !picked.has_value() || now - *picked > kForcePick;
  return forced ? higher : lower;
}

Attempt GoZero::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const std::uint32_t chosen = Choose(Draw(candidates_.Without(avoid)), now);
  connections_[chosen].picked = now;
  ++connections_[chosen].outstanding;
  return {.server = chosen, .token = generation_};
}

void GoZero::Finish(const Attempt& attempt, els::Outcome outcome,
                    Duration latency, Time now) {
  if (attempt.token != generation_) return;  // Of a picker that is no more.
  Connection& connection = connections_[attempt.server];
  --connection.outstanding;
  const FractionalDuration since = now - connection.updated;
  // The first sample replaces both values whole.
  const double weight = connection.latency_ns == 0
                            ? 0
                            : els::Exp(-(since / FractionalDuration(kDecay)));
  const bool bad =
      outcome == els::Outcome::kFailure || outcome == els::Outcome::kTimeout;
  connection.latency_ns =
      WholeAverage(connection.latency_ns,
                   static_cast<std::uint64_t>(latency.count()), weight);
  connection.success =
      WholeAverage(connection.success, bad ? 0 : kAllSucceed, weight);
  connection.updated = now;
}

}  // namespace els_sim
