#pragma once

// Power of two choices by the score of Apple's ServiceTalk
// (servicetalk-loadbalancer-experimental, DefaultRequestTracker and
// P2CSelector): a peak EWMA in whole milliseconds to which a failure adds a
// multiple of itself.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class ServiceTalk final : public Policy {
 public:
  // Its defaults.
  static constexpr Duration kHalfLife = std::chrono::seconds(10);
  static constexpr std::int64_t kFailurePenalty = 10;
  static constexpr std::int64_t kCancelPenalty = 5;

  // What its 32 bits hold: the cost of one that nobody knows and that is busy.
  static constexpr std::int64_t kWorst = INT32_MAX;

  explicit ServiceTalk(const PolicySetup& setup);
  // A server that returns is known from before, as its address is there.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // What failed counts as ten times the larger of its latency and the average,
  // and so the next failure as a hundred times: there is no other bound than
  // kWorst, and the half-life is what it takes to come back from there.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // In milliseconds: the decayed average, or the age of the requests there if
  // that is more, times those outstanding and the next. The lower is picked.
  std::int64_t Cost(std::uint32_t server, Time now) const;

 private:
  struct Tracker {
    std::int64_t average_ms = 0;  // 0 also if nothing was ever measured.
    Time updated = {};
    std::int64_t outstanding = 0;
    // Of the first pick after anything finished here, whichever it was, so that
    // under load it is late.
    std::optional<Time> busy_since = {};
  };

  static double Weight(const Tracker& tracker, Time now);

  Candidates candidates_;
  std::vector<Tracker> trackers_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
