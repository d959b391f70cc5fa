#pragma once

// Traefik's `leasttime` (pkg/server/service/loadbalancer/leasttime): the mean
// of the last hundred answers' times times the outstanding requests with the
// next, over the weight Member::Share; the least of all.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class TraefikLeastTime final : public Policy {
 public:
  static constexpr std::size_t kSamples = 100;

  explicit TraefikLeastTime(const PolicySetup& setup);
  // Starts everything anew, as a new configuration does there.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Its time is that of the first byte.
  void Answered(const Attempt& attempt, Duration latency, Time now) override;
  // Takes a failure as an answer like any other, and what is given up as none.
  // Times are whole milliseconds.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // In ms: 0 before the first answer however many are outstanding, and nothing
  // makes it older. The least is picked; of equals the earliest deadline, which
  // is deterministic, so that access points begin in step.
  double Score(std::uint32_t server) const;

 private:
  struct Handler {
    double weight = 1;
    double deadline = 0;  // Of weighted round robin among equals.
    std::int64_t in_flight = 0;
    std::array<std::int64_t, kSamples> times_ms = {};
    std::int64_t sum_ms = 0;
    std::size_t answers = 0;  // Ever.
  };

  static void Sample(Handler& handler, Duration latency);
  std::uint32_t EarliestOf(absl::Span<const std::uint32_t> equals);

  Candidates candidates_;
  std::vector<Handler> handlers_;  // By server.
  std::vector<std::uint32_t> equals_;
  // Of the handlers; the token of each attempt, since what was sent by earlier
  // ones reports to those.
  std::uint32_t generation_ = 0;
};

}  // namespace els_sim
