#pragma once

// linkerd's balancer by default: tower's peak EWMA (tower/src/load/
// peak_ewma.rs) and power of two choices, with linkerd2-proxy's own settings.

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"
#include "sim/policies/moving_peak.h"

namespace els_sim {

// Unlike PeakEwma, reading an estimate moves its time on: see MovingPeak.
class LinkerdEwma final : public Policy {
 public:
  static constexpr Duration kDefaultRtt = std::chrono::milliseconds(30);

  explicit LinkerdEwma(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Every latency counts alike, whatever the outcome.
  void Finish(const Attempt& attempt, els::Outcome, Duration latency,
              Time now) override;
  // The proxy's handle of a request is dropped with the first data of the
  // answer (PendingUntilFirstData).
  bool EndsAtFirstByte() const override { return true; }

  // The estimate times the outstanding requests with the next, at `now`, which
  // is from then on the estimate's time.
  FractionalDuration ReadLoad(std::uint32_t server, Time now);

 private:
  struct Estimate {
    MovingPeak peak = {.latency = kDefaultRtt};
    std::uint32_t outstanding = 0;
  };

  Candidates candidates_;
  std::vector<Estimate> estimates_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
