#pragma once

// Weighted round robin by what servers say of their load, as gRPC balances with
// client_side_weighted_round_robin (gRFC A58).

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "els/random.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// Chooses by whole numbers, without a state of each: in generation g of the
// sequence the server at index i is passed over if (w g + 32767 i) mod 65535 is
// below 65535 - w, where the largest weight w is 65535. So each has the part
// w / 65535 of the generations, evenly spread (gRPC's
// static_stride_scheduler.cc).
class StaticStride {
 public:
  // A server without a weight counts as one with the mean weight. A weight of
  // more than ten times the mean, or less than a tenth, counts as that bound.
  // With fewer than two weights all servers are equal. The choices begin at
  // `sequence`. REQUIRES: not empty.
  StaticStride(absl::Span<const std::optional<double>> weights,
               std::uint64_t sequence);

  // Returns the index of the next.
  std::size_t Pick();

  std::uint64_t sequence() const { return sequence_; }

 private:
  std::vector<std::uint64_t> weights_;
  std::uint64_t sequence_;
};

// A server's weight is qps / (utilisation + eps / qps x penalty), as it told
// last. It is of no use in the first ten seconds that the server tells
// something, nor once it has told nothing for three minutes. The scheduler is
// made anew every second, and when the members change.
//
// Servers that tell nothing are chosen in turn.
class OrcaWeighted final : public Policy {
 public:
  static constexpr Duration kBlackout = std::chrono::seconds(10);
  static constexpr Duration kExpiration = std::chrono::minutes(3);
  static constexpr Duration kUpdate = std::chrono::seconds(1);
  static constexpr double kErrorPenalty = 1;

  // REQUIRES: setup.truth.
  explicit OrcaWeighted(const PolicySetup& setup);
  // A server that joins, or returns, starts anew.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // Empty while it is of no use.
  std::optional<double> WeightOf(std::uint32_t server, Time now);

 private:
  struct Node {
    double weight = 0;
    Time told = {};
    std::optional<Time> since = {};  // When it was told first.
  };

  void Schedule(Time now);

  Candidates candidates_;
  std::vector<Node> nodes_;  // By server.
  const Truth& truth_;
  els::Random random_;
  std::optional<StaticStride> stride_ = {};
  Time scheduled_ = {};
};

}  // namespace els_sim
