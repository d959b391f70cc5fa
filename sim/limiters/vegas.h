#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "els/portable_math.h"
#include "els/random.h"
#include "sim/limiters/windowed.h"

namespace els_sim {

// Netflix's VegasLimit, with its defaults. The queue is L (1 - least /
// latency), `least` the least mean latency of a window, forgotten now and then.
class Vegas {
 public:
  explicit Vegas(els::Random random) : random_(random) {}

  void Update(const WindowSample& sample) {
    ++since_probe_;
    if (jitter_ * kProbe * limit_ <= since_probe_) {
      jitter_ = 0.5 + 0.5 * random_.Uniform();
      since_probe_ = 0;
      least_ns_ = sample.mean_ns;
      return;
    }
    if (!least_ns_.has_value() || sample.mean_ns < *least_ns_) {
      least_ns_ = sample.mean_ns;
      return;
    }
    limit_ = std::clamp(Next(sample), 1.0, kMost);
  }

  std::uint32_t limit() const { return static_cast<std::uint32_t>(limit_); }

 private:
  static constexpr double kMost = 1000;
  static constexpr double kProbe = 30;

  double Next(const WindowSample& sample) const {
    const double queue = std::ceil(limit_ * (1 - *least_ns_ / sample.mean_ns));
    // Rounded down to a whole number, and at least 1.
    const double root = std::max(
        1.0, std::floor(els::Log(std::floor(limit_)) / els::Log(10) + 1e-9));
    if (sample.dropped) return limit_ - root;
    if (sample.most_in_flight * 2 < limit_) return limit_;
    if (queue <= root) return limit_ + 6 * root;
    if (queue < 3 * root) return limit_ + root;
    if (queue > 6 * root) return limit_ - root;
    return limit_;
  }

  els::Random random_;
  double limit_ = 20;
  double jitter_ = 0.5 + 0.5 * random_.Uniform();
  double since_probe_ = 0;
  std::optional<double> least_ns_;
};

}  // namespace els_sim
