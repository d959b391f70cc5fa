#pragma once

#include <cstdint>

#include "els/portable_math.h"

namespace els::internal {

// How heavy an observation made now is: `factor` = e^(now - landmark).
struct Growth {
  double landmark = 0;
  double factor = 1;
};

// The time by which things are forgotten, in memories (time constants). It is
// read in whole ticks of 1/4096 memory, so that the exponential is computed
// once a tick and not at every use: a weight is off by 0.025 % at the most. Not
// thread-safe.
class DecayClock {
 public:
  // Whether a tick has passed. REQUIRES: memories >= 0.
  bool Advance(double memories) {
    now_ += memories;
    if (now_ - growth_.landmark < next_) return false;
    Tick();
    return true;
  }

  // As of the latest tick.
  const Growth& growth() const { return growth_; }
  double ticked() const { return ticked_; }

 private:
  static constexpr double kTicks = 4096;
  // e^64 is 6e27: far from the largest double, 1.8e308, and an observation that
  // old weighs nothing beside a new one.
  static constexpr double kFarthest = 64;

  void Tick() {
    const auto ticks = static_cast<std::int64_t>(now_ * kTicks);
    ticked_ = static_cast<double>(ticks) / kTicks;
    if (ticked_ - growth_.landmark >= kFarthest) growth_.landmark = ticked_;
    growth_.factor = Exp(ticked_ - growth_.landmark);
    next_ = ticked_ - growth_.landmark + 1 / kTicks;
  }

  double now_ = 0;
  double ticked_ = 0;
  double next_ = 1 / kTicks;  // From the landmark to the next tick.
  Growth growth_;
};

}  // namespace els::internal
