#pragma once

// brpc's balancer "la", locality-aware (src/brpc/policy/
// locality_aware_load_balancer.cpp).

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/brpc_weight.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// At random, in proportion to throughput / latency, cut where what is
// outstanding is old. As a server's throughput is what it has been sent,
// nothing brings shares back that chance has moved: equal servers drift apart.
//
// brpc finds the server in a tree of sums; here they are gone through in turn,
// which draws the same. Leaves out servers that cannot be connected to.
class BrpcLocalityAware final : public Policy {
 public:
  explicit BrpcLocalityAware(const PolicySetup& setup);
  // A server that joins, or returns, starts anew with the mean weight.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  // Draws again, though not for ever, if age has cut the weight below what was
  // drawn. Where brpc would then fail the request, the last draw stands; and
  // what it is to avoid it never draws, where brpc would draw again.
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;
  // To brpc's HTTP client any status but 2xx is a failed call (EHTTP, in
  // policy/http_rpc_protocol.cpp).
  void FinishNeutral(const Attempt& attempt, Duration latency,
                     Time now) override {
    Finish(attempt, els::Outcome::kFailure, latency, now);
  }

  // As the last pick or answer left it.
  std::int64_t Weight(std::uint32_t server) const;

 private:
  struct Draw {
    std::uint32_t server = 0;
    std::int64_t within = 0;  // Its weight.
  };
  Draw DrawOne(absl::Span<const std::uint32_t> servers);

  Candidates candidates_;
  std::vector<BrpcWeight> weights_;  // By server.
  els::Random random_;
};

}  // namespace els_sim
