#include "sim/policies/expected_latency.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace els_sim {
namespace {

els::TimePoint AsTimePoint(Time now) {
  return els::TimePoint(
      std::chrono::duration_cast<els::Duration>(now.time_since_epoch()));
}

els::Options SeededOptions(els::Random random) {
  els::Options options;
  // 0 would ask the library to draw a seed from the system.
  options.seed = std::max<std::uint64_t>(random.Bits(), 1);
  return options;
}

std::vector<els::Backend> Backends(std::size_t count) {
  std::vector<els::Backend> backends;
  for (std::size_t i = 0; i < count; ++i) {
    backends.push_back({.id = absl::StrCat("server-", i), .tag = i});
  }
  return backends;
}

}  // namespace

ExpectedLatency::ExpectedLatency(const PolicySetup& setup)
    : balancer_(SeededOptions(setup.random)) {
  const absl::Status set =
      balancer_.SetBackends(Backends(setup.servers), AsTimePoint(Time()));
  if (!set.ok()) std::abort();  // Such ids and distances are always valid.
}

Attempt ExpectedLatency::Pick(Time now) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(tickets_.size()));
    tickets_.emplace_back();
  }
  const std::uint32_t token = free_.back();
  free_.pop_back();
  els::Ticket& ticket = tickets_[token];
  ticket = balancer_.Pick(AsTimePoint(now));
  return {.server = static_cast<std::uint32_t>(ticket.tag()), .token = token};
}

void ExpectedLatency::Finish(const Attempt& attempt, els::Outcome outcome,
                             Duration, Time now) {
  els::Ticket ticket = std::move(tickets_[attempt.token]);
  ticket.Finish(outcome, AsTimePoint(now));
  free_.push_back(attempt.token);
}

}  // namespace els_sim
