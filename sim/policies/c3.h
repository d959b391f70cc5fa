#pragma once

// C3, the ranking of replicas by Suresh, Canini, Schmid and Feldmann ("C3:
// Cutting Tail Latency in Cloud Data Stores via Adaptive Replica Selection",
// NSDI 2015), as the authors' own simulator has it (lalithsuresh/absim).

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// The least R - s + q^3 s of all servers: R is the latency, s the service time,
// and q the queue that a request would find: itself, what this access point has
// outstanding there times the number of access points, as if all did alike, and
// the queue that the server told of last.
//
// Servers put their queue and service time into each answer. Here the queue is
// Truth::InServer at the answer, which counts those in service as well. The
// service time is Truth::Slowness at the answer, times the mean over the access
// point's successes of latency / slowness, which has their waiting in it.
//
// Leaves out C3's rate control: a policy has to choose at once, and has nowhere
// to keep a request until a server's rate allows it.
class C3 final : public Policy {
 public:
  static constexpr double kNewest = 0.9;  // Its weight in each average.

  // REQUIRES: setup.truth.
  explicit C3(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  // A failure is an answer as any other. A timeout is a latency, as to
  // Cassandra, for which C3 was built, but the server tells nothing.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // 0 before the first latency, whatever is outstanding.
  FractionalDuration Score(std::uint32_t server) const;

 private:
  struct Node {
    // Averages; empty without any yet.
    std::optional<FractionalDuration> latency = {};
    std::optional<double> slowness = {};
    std::optional<double> queue = {};
    std::uint32_t outstanding = 0;
  };

  Candidates candidates_;
  std::vector<Node> nodes_;  // By server.
  const Truth& truth_;
  const double clients_;  // Access points: C3 is configured with their number.
  els::Random random_;
  // Of latency / slowness, over all successes.
  FractionalDuration sum_ = {};
  double successes_ = 0;
};

}  // namespace els_sim
