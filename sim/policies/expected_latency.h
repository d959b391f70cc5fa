#pragma once

// The library itself, as a proxy would link it: els::Balancer with its default
// options or those of the setup, driven by the virtual clock; and for requests
// with keys an els::WorkEstimator, which learns latencies of successes.

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/work_estimator.h"
#include "sim/model/policy.h"
#include "sim/model/slab.h"

namespace els_sim {

class ExpectedLatency final : public Policy {
 public:
  explicit ExpectedLatency(const PolicySetup& setup);
  void SetMembers(absl::Span<const Member> members, Time now) override;
  // REQUIRES: members without limits.
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  std::optional<Attempt> PickFor(Time now, const Asked& asked) override;
  void Answered(const Attempt& attempt, Duration latency, Time now) override;
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;
  void FinishNeutral(const Attempt& attempt, Duration latency,
                     Time now) override;

 private:
  struct Outstanding {
    els::Ticket ticket;
    std::optional<std::uint64_t> key = {};  // See Asked.
  };

  // Passes on what the server says in an answer that arrives now.
  void Report(std::uint32_t server, els::Ticket& ticket) const;
  // The request is answered: what it cost is known.
  void Learn(const Outstanding& request, Duration latency, Time now);

  // For what servers put into their answers. May be null.
  const Truth* truth_;
  els::Balancer balancer_;
  Slab<Outstanding> requests_;                   // By token.
  std::optional<els::WorkEstimator> estimator_;  // From the first key on.
};

// The library with these options, which have to be valid and outlive it.
PolicyInfo WithOptions(const els::Options& options);

}  // namespace els_sim
