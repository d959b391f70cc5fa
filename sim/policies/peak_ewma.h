#pragma once

// Power of two choices by peak EWMA, as Finagle and linkerd describe it (what
// they do is in finagle_ewma.h and linkerd_ewma.h): a latency that jumps to
// every peak and decays from it with time, multiplied by the outstanding
// requests.

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class PeakEwma final : public Policy {
 public:
  // linkerd's defaults.
  static constexpr Duration kInitialLatency = std::chrono::milliseconds(30);
  static constexpr Duration kDecay = std::chrono::seconds(10);

  explicit PeakEwma(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;

  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;

  // Takes every latency alike, whatever the outcome: a quick failure looks like
  // a quick answer, as it does to linkerd by default.
  void Finish(const Attempt& attempt, els::Outcome, Duration latency,
              Time now) override;
  // As in linkerd.
  bool EndsAtFirstByte() const override { return true; }

  // The decayed latency times the outstanding requests with the next: the
  // lower is picked. Reading it changes nothing.
  FractionalDuration Cost(std::uint32_t server, Time now) const;

 private:
  struct Estimate {
    FractionalDuration latency = kInitialLatency;
    Time updated = {};
    std::uint32_t outstanding = 0;
  };

  static double Weight(const Estimate& estimate, Time now);

  Candidates candidates_;
  std::vector<Estimate> estimates_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
