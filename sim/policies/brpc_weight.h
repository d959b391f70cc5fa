#pragma once

// A server's weight in brpc's locality-aware balancer: see
// brpc_locality_aware.h. Integers of microseconds throughout, as there.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace els_sim {

class BrpcWeight {
 public:
  using Microseconds = std::chrono::microseconds;

  // brpc's: the most that cannot overflow with its tree of 127 nodes and
  // latencies of up to 72 s.
  static constexpr std::int64_t kScale = 1'008'680'231;
  static constexpr std::int64_t kLeast = 1000;
  static constexpr std::size_t kAnswersKept = 128;
  static constexpr Microseconds kLeastSpan = std::chrono::seconds(1);
  static constexpr std::int64_t kMostRetries = 3;
  // The call's, which a policy is not told: that of most scenarios.
  static constexpr Microseconds kTimeout = std::chrono::seconds(1);

  // Forgets all answers, but not what is outstanding.
  void StartAnew(std::int64_t weight);

  std::int64_t Value() const { return value_; }

  // Lowers the weight to base * 1.5 * average / age where the mean age of what
  // is outstanding is above 1.5 times the average latency.
  void Reset(Microseconds now);

  void Begin(Microseconds now);

  // base = throughput / average latency, over the answers kept.
  void Succeed(Microseconds begin, Microseconds end);

  // Adds to the newest answer, so that throughput falls and latency rises. What
  // is added goes from 1.2 times the latency of a first attempt to the timeout
  // of one that has been retried as often as brpc does.
  void Fail(Microseconds begin, Microseconds end, std::int64_t retries);

 private:
  struct Answer {
    Microseconds sum = {};  // Of latencies, from the first answer on.
    Microseconds end = {};
  };

  void End(Microseconds begin);
  void Update(Microseconds now);

  std::int64_t value_ = kScale;
  std::int64_t base_ = kScale;
  Microseconds average_ = {};  // 0: there is none.
  // Oldest first.
  std::deque<Answer> answers_;
  // Of what is outstanding.
  Microseconds begins_ = {};
  std::int64_t outstanding_ = 0;
};

}  // namespace els_sim
