#pragma once

// Power of two choices by latency alone, as the `ewma` of ingress-nginx
// (rootfs/etc/nginx/lua/balancer/ewma.lua): an average without peaks that
// decays while nobody asks, and no count of what is outstanding.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class IngressNginxEwma final : public Policy {
 public:
  static constexpr Duration kDecay = std::chrono::seconds(10);

  explicit IngressNginxEwma(const PolicySetup& setup);
  // A server that joins starts at the mean of those that have been measured,
  // without their decay; one that leaves is forgotten.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Takes all but the cancelled alike: what fails fast looks fast (#5540).
  // nginx knows its times in whole milliseconds. Of several attempts it samples
  // the last; here each one counts.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // The decayed average, 0 before the first sample. The lower is picked.
  FractionalDuration Score(std::uint32_t server, Time now) const;

 private:
  struct Estimate {
    FractionalDuration latency = {};
    Time touched = {};
  };

  static double Weight(const Estimate& estimate, Time now);
  // Of the members' averages as they were stored; empty if there is none.
  std::optional<FractionalDuration> Mean() const;

  Candidates candidates_;
  std::vector<std::optional<Estimate>> estimates_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
