#pragma once

// linkerd's balancer of 2026 that an annotation turns on: peak EWMA with a
// penalty for failures (linkerd2-proxy, linkerd/load-biaser).

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// A failure counts as a latency of seconds, so that failing fast is not taken
// for being fast; reading an estimate does not change it. Leaves out
// Retry-After, which no server here sends, and linkerd's circuit breakers.
class LinkerdEwmaPenalty final : public Policy {
 public:
  static constexpr Duration kDefaultRtt = std::chrono::milliseconds(30);
  static constexpr Duration kDecay = std::chrono::seconds(10);
  static constexpr Duration kPenalty = std::chrono::seconds(5);

  explicit LinkerdEwmaPenalty(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Failures are answers of status 5xx here. A timeout has no answer that could
  // be classified: it counts as long as it took, which is less.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;
  // As in LinkerdEwma.
  bool EndsAtFirstByte() const override { return true; }

  // The decayed estimate times the outstanding requests with the next.
  FractionalDuration Load(std::uint32_t server, Time now) const;

 private:
  struct Estimate {
    FractionalDuration rtt = kDefaultRtt;
    Time updated = {};
    std::uint32_t outstanding = 0;
  };

  static double Weight(const Estimate& estimate, Time now);

  Candidates candidates_;
  std::vector<Estimate> estimates_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
