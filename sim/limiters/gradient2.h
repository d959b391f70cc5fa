#pragma once

#include <algorithm>
#include <cstdint>

#include "els/random.h"
#include "sim/limiters/windowed.h"

namespace els_sim {

// Netflix's Gradient2Limit, with its defaults:
//
//   L <- 0.8 L + 0.2 (L clamp(1.5 long / short, 0.5, 1) + 4), in [20, 200]
//
// where `short` is the window's mean latency and `long` its exponential mean
// over 600 windows, which a long above twice the short lowers by 5 %.
class Gradient2 {
 public:
  explicit Gradient2(els::Random) {}

  void Update(const WindowSample& sample) {
    const double longer = AddToLong(sample.mean_ns);
    if (longer / sample.mean_ns > 2) long_ns_ *= 0.95;
    if (sample.most_in_flight < limit_ / 2) return;
    const double gradient =
        std::clamp(kTolerance * longer / sample.mean_ns, 0.5, 1.0);
    const double next = limit_ * gradient + kQueue;
    limit_ = limit_ * (1 - kSmoothing) + next * kSmoothing;
    limit_ = std::clamp(limit_, kLeast, kMost);
  }

  std::uint32_t limit() const { return static_cast<std::uint32_t>(limit_); }

 private:
  static constexpr double kTolerance = 1.5;
  static constexpr double kQueue = 4;
  static constexpr double kSmoothing = 0.2;
  static constexpr double kLeast = 20;
  static constexpr double kMost = 200;
  static constexpr std::uint64_t kLongWindow = 600;
  static constexpr std::uint64_t kWarmUp = 10;

  // The plain mean at first.
  double AddToLong(double ns) {
    if (count_ < kWarmUp) {
      sum_ns_ += ns;
      long_ns_ = sum_ns_ / static_cast<double>(++count_);
    } else {
      constexpr double kFactor = 2.0 / (kLongWindow + 1);
      long_ns_ = long_ns_ * (1 - kFactor) + ns * kFactor;
    }
    return long_ns_;
  }

  double limit_ = 20;
  double long_ns_ = 0;
  double sum_ns_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace els_sim
