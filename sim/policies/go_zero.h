#pragma once

// go-zero's power of two choices (zrpc/internal/balancer/p2c/p2c.go): the root
// of a mean latency times the outstanding requests, with a gate on the success
// rate and a turn now and then for the one that loses.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"
#include "sim/policies/two_of.h"

namespace els_sim {

class GoZero final : public Policy {
 public:
  // The original's constants.
  static constexpr Duration kDecay = std::chrono::seconds(10);
  static constexpr Duration kForcePick = std::chrono::seconds(1);
  static constexpr std::uint64_t kAllSucceed = 1000;
  static constexpr std::uint64_t kHealthyAbove = 500;
  static constexpr int kTries = 3;

  explicit GoZero(const PolicySetup& setup);

  // Forgets everything, also of those that stay: the original makes a new
  // picker for each change of the set.
  void SetMembers(absl::Span<const Member> members, Time now) override;

  // The original draws again blindly for a retry; `avoid` is what any policy
  // here has to obey.
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;

  // A failure counts with its latency, and as no success; so does a timeout. A
  // cancelled request counts as a success.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // Of two that are drawn, the lower is picked.
  std::uint64_t Load(std::uint32_t server) const;
  std::uint64_t Success(std::uint32_t server) const {
    return connections_[server].success;
  }

 private:
  struct Connection {
    std::uint64_t latency_ns = 0;  // 0: none was measured.
    std::uint64_t success = kAllSucceed;
    std::uint32_t outstanding = 0;
    Time updated = {};
    std::optional<Time> picked = {};
  };

  Pair Draw(absl::Span<const std::uint32_t> servers);
  std::uint32_t Choose(const Pair& pair, Time now) const;

  els::Random random_;
  Candidates candidates_;
  std::vector<Connection> connections_;  // By server.
  std::uint32_t generation_ = 0;         // Of the picker; an attempt's token.
};

}  // namespace els_sim
