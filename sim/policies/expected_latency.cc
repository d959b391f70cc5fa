#include "sim/policies/expected_latency.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/policies/make.h"

namespace els_sim {
namespace {

els::Options SeededOptions(const els::Options* asked, els::Random random) {
  els::Options options = asked != nullptr ? *asked : els::Options();
  // 0 would ask the library to draw a seed from the system.
  options.seed = std::max<std::uint64_t>(random.Bits(), 1);
  return options;
}

std::string IdOf(std::uint32_t server) {
  return absl::StrCat("server-", server);
}

}  // namespace

ExpectedLatency::ExpectedLatency(const PolicySetup& setup)
    : balancer_(SeededOptions(setup.options, setup.random)) {
  SetMembers(setup.members, Time());
}

void ExpectedLatency::SetMembers(absl::Span<const Member> members, Time now) {
  std::vector<els::Backend> backends;
  for (const Member& member : members) {
    backends.push_back({.id = IdOf(member.server),
                        .tag = member.server,
                        .distance = member.distance});
  }
  const absl::Status set = balancer_.SetBackends(backends, AsTimePoint(now));
  if (!set.ok()) std::abort();  // Such ids and distances are always valid.
}

Attempt ExpectedLatency::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(tickets_.size()));
    tickets_.emplace_back();
  }
  const std::uint32_t token = free_.back();
  free_.pop_back();
  std::vector<std::string> ids;
  for (const std::uint32_t server : avoid) ids.push_back(IdOf(server));
  const std::vector<std::string_view> avoided(ids.begin(), ids.end());
  els::Ticket& ticket = tickets_[token];
  ticket = balancer_.Pick(AsTimePoint(now), avoided);
  if (!ticket) std::abort();  // Only an empty set gives none.
  return {.server = static_cast<std::uint32_t>(ticket.tag()), .token = token};
}

void ExpectedLatency::Finish(const Attempt& attempt, els::Outcome outcome,
                             Duration, Time now) {
  els::Ticket ticket = std::move(tickets_[attempt.token]);
  ticket.Finish(outcome, AsTimePoint(now));
  free_.push_back(attempt.token);
}

PolicyInfo WithOptions(const els::Options& options) {
  return {.name = "els",
          .description = "expected latency: this library with given options",
          .make = Make<ExpectedLatency>,
          .options = &options};
}

}  // namespace els_sim
