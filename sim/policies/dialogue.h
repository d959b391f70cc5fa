#pragma once

// dialogue's BALANCED (Palantir; BalancedScoreTracker): of all servers the one
// with the fewest outstanding requests, each recent failure counting as ten.
// There is no latency in it but what requests that take long add to the
// outstanding ones. Without dialogue's limiters, which would let a request
// wait: a policy here sends it at once.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class Dialogue final : public Policy {
 public:
  // The original's constants: failures halve in ten steps of three seconds.
  static constexpr Duration kStep = std::chrono::seconds(3);
  static constexpr double kStepFactor = 0.9330329915368074;  // 0.5^(1/10)
  static constexpr double kFailureWeight = 10;

  explicit Dialogue(const PolicySetup& setup);

  // Forgets everything, also of those that stay: the original builds its
  // channels anew when the list of them changes.
  void SetMembers(absl::Span<const Member> members, Time now) override;

  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;

  // Whatever is no success is a failure: a reply of 5xx, or an exception, as
  // that of a timeout or a cancelled call.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration,
              Time now) override;
  // The future of a response is done with its head; the body is read later.
  bool EndsAtFirstByte() const override { return true; }

  // As of the latest pick: the outstanding requests, and the failures rounded
  // to a whole number, so that a faint memory of them has an end.
  std::int64_t Score(std::uint32_t server) const;

 private:
  struct Host {
    std::uint32_t outstanding = 0;
    double failures = 0;
  };

  void DecayUntil(Time now);

  Candidates candidates_;
  std::vector<Host> hosts_;  // By server.
  els::Random random_;
  std::uint32_t generation_ = 0;  // Of the channels; an attempt's token.
  // The latest step. The first is counted from the first request on.
  std::optional<Time> decayed_ = {};
};

}  // namespace els_sim
