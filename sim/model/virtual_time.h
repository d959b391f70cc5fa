#pragma once

// The simulation's own clock: integer nanoseconds since its start. It moves
// from event to event and reads nothing of the machine's.

#include <chrono>

#include "els/options.h"

namespace els_sim {

using Duration = std::chrono::nanoseconds;

// Never constructed: it only makes Time a type of its own, so that a reading of
// a real clock does not compile where virtual time is wanted.
struct VirtualClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};

using Time = VirtualClock::time_point;

// The same instant on the clock that the library's times are of.
inline els::TimePoint AsTimePoint(Time time) {
  return els::TimePoint(
      std::chrono::duration_cast<els::Duration>(time.time_since_epoch()));
}

inline constexpr double kNanosecondsPerSecond = 1e9;
inline constexpr double kNanosecondsPerMillisecond = 1e6;

// For formulas; rounded to a Duration once, at their end.
using FractionalDuration = std::chrono::duration<double, std::nano>;

inline double Nanoseconds(Duration duration) {
  return FractionalDuration(duration).count();
}

inline double Seconds(Duration duration) {
  return Nanoseconds(duration) / kNanosecondsPerSecond;
}

// The nearest Duration. REQUIRES: 0 <= duration < 2^52 ns (52 days).
inline Duration Rounded(FractionalDuration duration) {
  return std::chrono::round<Duration>(duration);
}

}  // namespace els_sim
