#pragma once

// Finagle's P2CPeakEwma (finagle-core, loadbalancer/PeakEwma.scala and
// p2c/P2CPick.scala): power of two choices by peak EWMA.

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"
#include "sim/policies/moving_peak.h"

namespace els_sim {

// A server without an answer yet costs nothing while it is idle, and more than
// any other while it is not: so it gets one request, and the next when that has
// been answered. Leaves out Finagle's failure accrual, which would mark a
// server that fails as busy: a fast failure is a fast answer here.
class FinagleEwma final : public Policy {
 public:
  // 2^47 - 1 ns, some 39 hours.
  static constexpr Duration kPenalty =
      std::chrono::nanoseconds(INT64_MAX >> 16);

  explicit FinagleEwma(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Every latency counts alike, whatever the outcome.
  void Finish(const Attempt& attempt, els::Outcome, Duration latency,
              Time now) override;

  // The latency times the outstanding requests with the next, at `now`, which
  // is from then on the latency's time. Of two the lower is picked.
  FractionalDuration ReadLoad(std::uint32_t server, Time now);

 private:
  struct Node {
    MovingPeak peak = {};
    std::uint32_t outstanding = 0;
  };

  Candidates candidates_;
  std::vector<Node> nodes_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
