#pragma once

// Envoy's least request (LEAST_REQUEST with its defaults: two choices, active
// request bias 1, no slow start). A weight is Member::Share.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// With equal weights the fewer outstanding of two at random, which may be the
// same: of n servers, 1 / n of the picks compare nothing. Otherwise the
// earliest deadline, each its server's last pick + (outstanding + 1) / weight.
// It is computed at that pick, and what has finished since does not bring it
// forward.
class EnvoyLeastRequest final : public Policy {
 public:
  explicit EnvoyLeastRequest(const PolicySetup& setup);
  // Deadlines start anew; the counts go on.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome, Duration, Time) override;

 private:
  struct Host {
    double weight = 1;
    std::uint32_t outstanding = 0;
    double deadline = 0;
    std::uint64_t turn = 0;  // Among equal deadlines, the first given.
  };

  std::uint32_t FewerOfTwo(absl::Span<const std::uint32_t> servers);
  std::uint32_t Earliest(absl::Span<const std::uint32_t> servers);
  // How far ahead the next deadline is.
  static double Step(const Host& host);

  Candidates candidates_;
  bool equal_weights_ = true;
  std::vector<Host> hosts_;  // By server.
  double clock_ = 0;         // The latest deadline that has been picked.
  std::uint64_t turns_ = 0;
  els::Random random_;
};

}  // namespace els_sim
