#pragma once

// A recording's length in equal parts. Parts of fit.h.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "sim/model/virtual_time.h"

namespace els_sim {

// What differs by more standard errors than these is different: chance alone
// does that once in 16,000 times.
inline constexpr double kErrors = 4;
// Less of a difference is nothing to act upon, however sure.
inline constexpr double kTenth = 0.1;

// Which part `time` is in; the last one if it is the end. REQUIRES: length > 0.
inline std::size_t PartAt(Duration time, Duration length, std::size_t parts) {
  const double part = Nanoseconds(time) / Nanoseconds(length);
  return std::min(static_cast<std::size_t>(part * static_cast<double>(parts)),
                  parts - 1);
}

inline Duration PartBegin(std::size_t part, Duration length,
                          std::size_t parts) {
  return Duration(static_cast<std::int64_t>(
      std::llround(Nanoseconds(length) * static_cast<double>(part) /
                   static_cast<double>(parts))));
}

}  // namespace els_sim
