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
  // A reading that is not believed counts, for the time of its call, as up to
  // this much ahead.
  static constexpr els::Duration kLongest = std::chrono::hours(1);

  // `surely` if the call must take note of the time. A step is sure to count if
  // the latest call that must take note, and every call since, agree with it.
  void Read(els::TimePoint reading, bool surely) {
    if (previous_) {
      most_ += Step(*previous_, reading);
      lowest_ = std::min(lowest_, reading);
      const bool agreed = IsNear(lowest_, reading);
      if (surely && agreed) least_ += Step(farthest_, reading);
    }
    farthest_ = previous_ ? std::max(farthest_, reading) : reading;
    if (surely || !previous_) lowest_ = reading;
    previous_ = reading;
  }

  els::Duration least() const { return least_; }
  els::Duration most() const { return most_; }

 private:
  static bool IsNear(els::TimePoint from, els::TimePoint to) {
    return from > els::TimePoint::max() - kLongest || to < from + kLongest;
  }

  static els::Duration Step(els::TimePoint from, els::TimePoint to) {
    if (to <= from) return els::Duration::zero();
    return IsNear(from, to) ? to - from : kLongest;
  }

  std::optional<els::TimePoint> previous_;
  els::TimePoint farthest_;
  els::TimePoint lowest_;  // Since the latest call that must take note.
  els::Duration least_ = {};
  els::Duration most_ = {};
};
