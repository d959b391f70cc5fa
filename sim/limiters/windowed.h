#pragma once

// The frame that Netflix's concurrency-limits puts around its limits:
// WindowedLimit around the limit, SimpleLimiter around that, with the defaults
// of both. github.com/Netflix/concurrency-limits.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "sim/model/limiter.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What the answers of a window were like.
struct WindowSample {
  double mean_ns = 0;
  std::uint32_t most_in_flight = 0;
  bool dropped = false;  // Whether any timed out.
};

// `Rule` has Update(WindowSample) and limit(). Priorities are passed over.
template <typename Rule>
class Windowed final : public Limiter {
 public:
  explicit Windowed(const LimiterSetup& setup) : rule_(setup.random) {}

  std::optional<std::uint32_t> TryAdmit(Time, els::Priority) override {
    if (in_flight_ >= rule_.limit()) return std::nullopt;
    return ++in_flight_;
  }

  // The in-flight count of a sample is that at its admission. What failed is
  // passed over, as SimpleLimiter's listener does onIgnore.
  void Done(std::uint32_t admitted, els::Outcome outcome, Duration latency,
            Time now) override {
    --in_flight_;
    const bool dropped = outcome == els::Outcome::kTimeout;
    if (outcome != els::Outcome::kSuccess && !dropped) return;
    if (latency < kLeastLatency) return;
    sum_ns_ += Nanoseconds(latency);
    ++count_;
    sample_.most_in_flight = std::max(sample_.most_in_flight, admitted);
    sample_.dropped = sample_.dropped || dropped;
    if (now > next_update_) EndWindow(now);
  }

 private:
  static constexpr Duration kWindow = std::chrono::seconds(1);
  static constexpr Duration kLeastLatency = std::chrono::microseconds(100);
  static constexpr std::uint64_t kFewestSamples = 10;

  void EndWindow(Time now) {
    next_update_ = now + kWindow;
    sample_.mean_ns = sum_ns_ / static_cast<double>(count_);
    if (count_ >= kFewestSamples) rule_.Update(sample_);
    sample_ = {};
    sum_ns_ = 0;
    count_ = 0;
  }

  Rule rule_;
  std::uint32_t in_flight_ = 0;
  Time next_update_ = {};

  // The window so far.
  WindowSample sample_;
  double sum_ns_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace els_sim
