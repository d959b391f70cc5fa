#pragma once

// Apache Dubbo's `shortestresponse` (ShortestResponseLoadBalance): the mean
// latency of successes times the outstanding requests with the next, the least
// of all.

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class DubboShortestResponse final : public Policy {
 public:
  // Its default. The window does not slide: it starts empty each time.
  static constexpr Duration kWindow = std::chrono::seconds(30);

  explicit DubboShortestResponse(const PolicySetup& setup);
  // A server that returns is known from before.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // In whole milliseconds, and 0 without a success in the window: to fail, or
  // to be silent, looks like being the fastest of all. The least is picked;
  // ties at random, weighted by Member::Share.
  std::int64_t EstimatedResponse(std::uint32_t server) const;

 private:
  struct Status {
    double weight = 1;
    std::int64_t active = 0;
    std::int64_t successes = 0;   // In the window.
    std::int64_t success_ms = 0;  // Their latencies' sum.
  };

  std::uint32_t Shortest(absl::Span<const std::uint32_t> servers);

  Candidates candidates_;
  std::vector<Status> statuses_;  // By server.
  Time window_start_ = {};
  els::Random random_;
};

}  // namespace els_sim
