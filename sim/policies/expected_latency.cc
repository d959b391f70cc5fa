#include "sim/policies/expected_latency.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "els/server_load.h"
#include "sim/policies/make.h"

namespace els_sim {
namespace {

els::Options SeededOptions(const els::Options* asked, els::Random random) {
  els::Options options = asked != nullptr ? *asked : els::Options();
  // 0 would ask the library to draw a seed from the system.
  options.seed = std::max<std::uint64_t>(random.Bits(), 1);
  return options;
}

// Whether the server has answered, and so may have told its load.
bool HasAnswer(els::Outcome outcome) {
  return outcome == els::Outcome::kSuccess ||
         outcome == els::Outcome::kFailure || outcome == els::Outcome::kNeutral;
}

std::string IdOf(std::uint32_t server) {
  return absl::StrCat("server-", server);
}

}  // namespace

ExpectedLatency::ExpectedLatency(const PolicySetup& setup)
    : truth_(setup.truth),
      balancer_(SeededOptions(setup.options, setup.random)) {
  SetMembers(setup.members, Time());
}

void ExpectedLatency::SetMembers(absl::Span<const Member> members, Time now) {
  std::vector<els::Backend> backends;
  for (const Member& member : members) {
    backends.push_back({.id = IdOf(member.server),
                        .tag = member.server,
                        .distance = member.distance,
                        .weight = member.weight,
                        .max_outstanding = member.max_outstanding});
  }
  const absl::Status set = balancer_.SetBackends(backends, AsTimePoint(now));
  if (!set.ok()) std::abort();  // What a scenario may say is always valid.
}

Attempt ExpectedLatency::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  const std::optional<Attempt> attempt = PickFor(now, {.avoid = avoid});
  if (!attempt.has_value()) std::abort();  // The members have no limits.
  return *attempt;
}

std::optional<Attempt> ExpectedLatency::PickFor(Time now, const Asked& asked) {
  std::vector<std::string> ids;
  for (const std::uint32_t server : asked.avoid) ids.push_back(IdOf(server));
  const std::vector<std::string_view> avoided(ids.begin(), ids.end());
  els::Request request = {.avoid = avoided, .work = asked.work};
  if (asked.key.has_value()) {
    if (!estimator_.has_value()) estimator_.emplace();
    request.work = estimator_->Work(std::to_string(*asked.key));
  }
  els::Ticket ticket = balancer_.Pick(AsTimePoint(now), request);
  if (!ticket) return std::nullopt;
  const auto server = static_cast<std::uint32_t>(ticket.tag());
  return Attempt{.server = server,
                 .token = requests_.Add({std::move(ticket), asked.key})};
}

void ExpectedLatency::Learn(const Outstanding& request, Duration latency,
                            Time now) {
  if (!request.key.has_value()) return;
  estimator_->Learn(std::to_string(*request.key), Seconds(latency),
                    AsTimePoint(now));
}

void ExpectedLatency::Report(std::uint32_t server, els::Ticket& ticket) const {
  if (truth_ == nullptr) return;
  const std::optional<els::ServerLoad> load = truth_->Told(server);
  if (load.has_value()) ticket.Report(*load);
}

void ExpectedLatency::Answered(const Attempt& attempt, Duration latency,
                               Time now) {
  Outstanding& request = requests_[attempt.token];
  Report(attempt.server, request.ticket);
  request.ticket.Answered(els::Outcome::kSuccess, AsTimePoint(now));
  Learn(request, latency, now);
}

void ExpectedLatency::Finish(const Attempt& attempt, els::Outcome outcome,
                             Duration latency, Time now) {
  Outstanding& request = requests_[attempt.token];
  if (HasAnswer(outcome) && !attempt.begun) {
    Report(attempt.server, request.ticket);
  }
  request.ticket.Finish(outcome, AsTimePoint(now));
  if (outcome == els::Outcome::kSuccess && !attempt.begun) {
    Learn(request, latency, now);
  }
  request.ticket = els::Ticket();
  requests_.Free(attempt.token);
}

void ExpectedLatency::FinishNeutral(const Attempt& attempt, Duration latency,
                                    Time now) {
  Finish(attempt, els::Outcome::kNeutral, latency, now);
}

PolicyInfo WithOptions(const els::Options& options) {
  return {.name = "els",
          .description = "expected latency: this library with given options",
          .make = Make<ExpectedLatency>,
          .options = &options};
}

}  // namespace els_sim
