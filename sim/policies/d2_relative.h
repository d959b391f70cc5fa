#pragma once

// The relative strategy of LinkedIn's D2 (rest.li,
// d2/balancer/strategies/relative): every five seconds each server's mean
// latency is compared with that of all, its health goes down or up a step, and
// its points on the ring with it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/slab.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// Its properties, with its defaults.
struct D2Options {
  // A health below this doubles where it would go up a step. 0: never.
  double slow_start_threshold = 0;
  double initial_health = 1;  // Slow start wants 0.01.
  // Shares of failures from which health goes down, and up to which it may go
  // up. Above 1 is never reached: failures count for nothing.
  double high_error_rate = 1.1;
  double low_error_rate = 1.1;
  // From the first pick to the end of the first interval; empty: at random, as
  // the intervals of many access points do not end together.
  std::optional<Duration> first_interval = {};
};

class D2Relative final : public Policy {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(5);
  static constexpr double kHighLatencyFactor = 1.3;
  static constexpr double kLowLatencyFactor = 1.2;
  static constexpr double kDownStep = 0.2;
  static constexpr double kUpStep = 0.05;
  // What a health of none becomes at once. Five steps down from 1 leave some
  // 1e-17, so less than kNone is none.
  static constexpr double kRecoveringHealth = 0.01;
  static constexpr double kNone = 0.001;
  static constexpr double kPointsPerWeight = 100;

  explicit D2Relative(const PolicySetup& setup)
      : D2Relative(setup, D2Options()) {}
  D2Relative(const PolicySetup& setup, const D2Options& options);

  // A server that joins, or returns, starts anew: what is outstanding at it
  // from before then counts no more.
  void SetMembers(absl::Span<const Member> members, Time now) override;
  // A random point of the ring.
  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration,
              Time now) override;

  // As of the last interval that a call has found over. The points are its
  // share of the picks: 100 times health times Member::Share, rounded.
  double Health(std::uint32_t server) const { return hosts_[server].health; }
  std::uint64_t Points(std::uint32_t server) const;

 private:
  // All times are its clock's, whole milliseconds.
  struct Call {
    std::int64_t start_ms = 0;
    std::uint32_t stay = 0;
  };
  struct Host {
    double health = 1;
    double weight = 1;
    std::uint32_t stay = 0;  // Which of its times as a member this is.
    // In the interval:
    std::int64_t calls = 0;
    std::int64_t errors = 0;
    std::int64_t calls_ms = 0;
    // Outstanding now, and the sum of their starts.
    std::int64_t outstanding = 0;
    std::int64_t starts_ms = 0;
  };
  // A latency is a mean over calls and what is outstanding, by its age.
  struct Latency {
    std::int64_t count = 0;
    std::int64_t sum_ms = 0;
    double MeanMs() const;  // Rounded to whole ones; 0 without calls.
  };

  static Latency LatencyOf(const Host& host, std::int64_t now_ms);
  // Catches up with the intervals that are over.
  void EndIntervals(Time now);
  void EndInterval(std::int64_t now_ms);
  void Adjust(Host& host, const Latency& own, double cluster_ms) const;
  double Raised(double health) const;
  std::uint32_t AtRandomPoint(absl::Span<const std::uint32_t> servers);

  const D2Options options_;
  Candidates candidates_;
  std::vector<Host> hosts_;  // By server.
  Slab<Call> calls_;
  std::optional<Time> interval_end_ = {};  // From the first pick on.
  els::Random random_;
};

}  // namespace els_sim
