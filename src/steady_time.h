#pragma once

#include <chrono>
#include <optional>

#include "els/options.h"

namespace els::internal {

// Turns the readings that callers pass in, out of order between threads and now
// and then absurd, into a time that never steps back: the time since the first
// reading, which no single reading moves by more than kLongestStep. A reading
// that steps back by more than that shows that the one before it was the absurd
// one, and time goes on from the new one. Not thread-safe.
class SteadyTime {
 public:
  static constexpr Duration kLongestStep = std::chrono::hours(1);

  // The time at `reading`, without taking note of it.
  Duration Peek(TimePoint reading) const { return elapsed_ + Step(reading); }

  // The time at `reading`, from now on the earliest.
  Duration Advance(TimePoint reading) {
    elapsed_ += Step(reading);
    if (!latest_ || reading > *latest_ || FarBelow(reading, *latest_)) {
      latest_ = reading;
    }
    return elapsed_;
  }

 private:
  // Whether `low` is more than kLongestStep below `high`, without overflow.
  static bool FarBelow(TimePoint low, TimePoint high) {
    return high > TimePoint::min() + kLongestStep && low < high - kLongestStep;
  }

  Duration Step(TimePoint reading) const {
    if (!latest_ || reading <= *latest_) return Duration::zero();
    if (FarBelow(*latest_, reading)) return kLongestStep;
    return reading - *latest_;
  }

  std::optional<TimePoint> latest_;
  Duration elapsed_ = Duration::zero();
};

}  // namespace els::internal
