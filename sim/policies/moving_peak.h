#pragma once

// The peak EWMA of Finagle and tower, which reading moves.

#include <chrono>

#include "els/portable_math.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// A latency that jumps to every peak and decays from it. Reading it is a sample
// of 0, and so moves its time on. Under load, when it is read again and again,
// a sample below it has next to no weight: what is left is a peak that decays,
// deaf to what has been good since. A value.
struct MovingPeak {
  static constexpr Duration kDecay = std::chrono::seconds(10);

  FractionalDuration latency = {};
  Time updated = {};

  // REQUIRES, here and below: `now` never steps back between calls.
  void Observe(FractionalDuration sample, Time now) {
    if (latency < sample) {
      latency = sample;
    } else {
      const FractionalDuration since = now - updated;
      const double weight = els::Exp(-(since / FractionalDuration(kDecay)));
      latency = latency * weight + sample * (1 - weight);
    }
    updated = now;
  }

  FractionalDuration Read(Time now) {
    Observe(Duration::zero(), now);
    return latency;
  }
};

}  // namespace els_sim
