#pragma once

// brpc's balancer "p2c" of 2026 (src/brpc/policy/p2c_ewma_load_balancer.cpp):
// power of two choices by peak EWMA, which punishes failures.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class BrpcPowerOfTwo final : public Policy {
 public:
  using Microseconds = std::chrono::duration<double, std::micro>;

  static constexpr Duration kDecay = std::chrono::seconds(10);
  // What an estimate counts for at least, and a server without one.
  static constexpr Microseconds kLeast = Microseconds(1);
  static constexpr std::chrono::microseconds kMostPunished =
      std::chrono::seconds(30);
  // The call's, which a policy is not told: that of most scenarios.
  static constexpr std::chrono::microseconds kTimeout = std::chrono::seconds(1);

  explicit BrpcPowerOfTwo(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  // Draws two of all, and passes over what it is to avoid among these; if that
  // leaves neither, looks at all the others.
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // Whatever does not succeed counts as twice the estimate and the timeout at
  // least.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;
  // To brpc's HTTP client any status but 2xx is a failed call (EHTTP, in
  // policy/http_rpc_protocol.cpp).
  void FinishNeutral(const Attempt& attempt, Duration latency,
                     Time now) override {
    Finish(attempt, els::Outcome::kFailure, latency, now);
  }

  // The decayed latency times the outstanding requests with the next, over the
  // weight, which is Member::Share.
  Microseconds Score(std::uint32_t server, Time now) const;

 private:
  struct Node {
    std::optional<std::chrono::microseconds> latency = {};  // None yet: empty.
    Time updated = {};
    std::uint32_t outstanding = 0;
    double cost_factor = 1;  // 1 / Member::Share.
  };

  static double Weight(const Node& node, Time now);
  std::uint32_t Lowest(absl::Span<const std::uint32_t> servers, Time now) const;

  Candidates candidates_;
  std::vector<Node> nodes_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
