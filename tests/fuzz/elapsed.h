#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "els/options.h"

// How much time passes at readings that jump about. The header promises no
// more than that a step back is none, and that one ahead of an hour or more is
// not believed until another call agrees, and then one hour; so there is a
// least and a most.
class Elapsed {
 public:
  // `surely` if the call must take note of the time.
  void Read(els::TimePoint reading, bool surely) {
    if (previous_) {
      most_ += Step(*previous_, reading);
      const els::Duration step = Step(farthest_, reading);
      if (surely && step < std::chrono::hours(1)) least_ += step;
    }
    farthest_ = previous_ ? std::max(farthest_, reading) : reading;
    previous_ = reading;
  }

  els::Duration least() const { return least_; }
  els::Duration most() const { return most_; }

 private:
  static els::Duration Step(els::TimePoint from, els::TimePoint to) {
    constexpr els::Duration kLongest = std::chrono::hours(1);
    if (to <= from) return els::Duration::zero();
    const bool near = from > els::TimePoint::max() - kLongest;
    return !near && to > from + kLongest ? kLongest : to - from;
  }

  std::optional<els::TimePoint> previous_;
  els::TimePoint farthest_;
  els::Duration least_ = {};
  els::Duration most_ = {};
};
