#pragma once

#include <chrono>
#include <iterator>
#include <optional>

#include "els/options.h"

// A clock that steps ahead and back, and has moments of madness.
class GlitchyClock {
 public:
  els::TimePoint now() const { return now_; }

  // For good.
  void Step(unsigned which) {
    const els::Duration by = kSteps[which % std::size(kSteps)];
    const bool fits = by.count() < 0 || now_ < els::TimePoint::max() - by;
    now_ = fits ? now_ + by : els::TimePoint::max();
  }

  // For the next reading alone.
  void Glitch(unsigned which) {
    glitch_ = kGlitches[which % std::size(kGlitches)];
  }

  els::TimePoint Reading() {
    const els::TimePoint reading = glitch_.value_or(now_);
    glitch_.reset();
    return reading;
  }

 private:
  using hours = std::chrono::hours;
  using seconds = std::chrono::seconds;
  using milliseconds = std::chrono::milliseconds;
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr els::Duration kSteps[] = {
      nanoseconds(0),   nanoseconds(1), nanoseconds(1000), milliseconds(1),
      milliseconds(40), seconds(1),     seconds(60),       seconds(1800),
      hours(1),         hours(10),      hours(240),        hours(24 * 3652),
      nanoseconds(-1),  seconds(-1),    seconds(-1800),    hours(-2),
  };

  static constexpr els::TimePoint kGlitches[] = {
      els::TimePoint::max(),
      els::TimePoint::min(),
      els::TimePoint::max() - hours(1),
      els::TimePoint::min() + hours(1),
      els::TimePoint(nanoseconds(0)),
      els::TimePoint(nanoseconds(-1)),
      els::TimePoint(hours(24 * 365 * 100)),
      els::TimePoint(hours(-24 * 365 * 100)),
  };

  els::TimePoint now_{hours(1000)};
  std::optional<els::TimePoint> glitch_;
};
