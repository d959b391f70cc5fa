#pragma once

// Kratos' power of two choices (selector/p2c, selector/node/ewma): the success
// rate over the root of a latency times the outstanding requests, where the
// latency is a mean, or the age of what is outstanding if most of that is late.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

class Kratos final : public Policy {
 public:
  // The original's constants.
  static constexpr Duration kDecay = std::chrono::milliseconds(600);
  static constexpr Duration kForcePick = std::chrono::seconds(3);
  static constexpr Duration kWeightKept = std::chrono::milliseconds(5);
  static constexpr Duration kAddedLatency = std::chrono::milliseconds(5);
  static constexpr double kRootUnmeasured = 1e5;  // Of 10 s, in ns.
  static constexpr std::uint64_t kAllSucceed = 1000;

  explicit Kratos(const PolicySetup& setup);

  // Forgets everything, also of those that stay: the original builds all nodes
  // anew for each change of the set.
  void SetMembers(absl::Span<const Member> members, Time now) override;

  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;

  // Whatever is no success counts with its latency, and as a failure.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // Of two that are drawn, the higher is picked. Not const, as the original
  // computes it anew only if what it has is older than kWeightKept.
  double Weight(std::uint32_t server, Time now);

 private:
  struct Outstanding {
    std::uint32_t token = 0;
    Time start = {};
  };
  struct Node {
    std::uint64_t latency_ns = 0;  // 0: none was measured.
    std::uint64_t success = kAllSucceed;
    // The original has room for the start of 200; here all have it.
    std::vector<Outstanding> outstanding = {};
    Time updated = {};
    std::optional<Time> picked = {};
    double weight = 0;
    std::optional<Time> weighed = {};
  };

  static std::uint64_t LateNs(const Node& node, Time now);
  static double Load(const Node& node, Time now);

  Candidates candidates_;
  std::vector<Node> nodes_;  // By server.
  els::Random random_;
  std::uint32_t next_token_ = 0;
};

}  // namespace els_sim
