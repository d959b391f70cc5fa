#pragma once

// Smooth weighted round robin, as nginx balances by default
// (ngx_http_upstream_round_robin.c).

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// At each pick everyone gains its weight, Member::Share; who has most is taken
// and pays what all have gained. So the shares are those of the weights, and a
// heavy server's turns lie apart. Leaves out nginx's passive checks, max_fails
// and fail_timeout. All access points begin at the same server unless the setup
// names one: nothing in nginx sets its workers apart.
class SmoothWeightedRoundRobin final : public Policy {
 public:
  explicit SmoothWeightedRoundRobin(const PolicySetup& setup);
  // Everyone begins at nothing again, as when nginx is reloaded.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Blind to failures and latencies.
  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  struct Turn {
    double weight = 1;
    double gained = 0;
  };

  Candidates candidates_;
  std::vector<Turn> turns_;  // By server.
  std::size_t first_in_turn_;
};

}  // namespace els_sim
