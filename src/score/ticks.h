#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace els::internal {

// The time by which things are forgotten, in ticks of 1/4096 memory (time
// constant). It wraps after a million memories. So only the difference of two
// readings means anything, and only of readings that are closer than that.
using Ticks = std::uint32_t;

inline constexpr double kTicksPerMemory = 4096;

// Returns the later of two readings. A thread may come to a backend with a
// reading from before another thread's: such a step back is no step. While a
// backend is not in the set, the clocks go on without it. So a reading counts
// as behind only up to a sixteenth of the circle, 65,536 memories. Any other
// reading counts as ahead.
constexpr Ticks Later(Ticks reading, Ticks own) {
  constexpr Ticks kMostBehind = Ticks{1} << 28;
  return own - reading <= kMostBehind ? own : reading;
}

namespace decay_tables {

// Returns e^-x for x in [0, 1] by its Taylor series, of which 22 terms leave a
// rest smaller than the rounding.
constexpr double ExpOfMinus(double x) {
  double series = 1;
  for (int i = 22; i > 0; --i) series = 1 - x / i * series;
  return series;
}

using Table = std::array<double, 64>;

constexpr Table PowersOf(double base_exponent) {
  Table table = {};
  const double base = ExpOfMinus(base_exponent);
  double power = 1;
  for (std::size_t i = 0; i < table.size(); ++i) {
    // The series is good to an exponent of 1. The powers of e^-1 are products,
    // each of which loses a bit.
    table[i] = base_exponent < 1
                   ? ExpOfMinus(base_exponent * static_cast<double>(i))
                   : power;
    power *= base;
  }
  return table;
}

inline constexpr Table kTicks = PowersOf(1 / kTicksPerMemory);
inline constexpr Table kTicksOf64 = PowersOf(64 / kTicksPerMemory);
inline constexpr Table kMemories = PowersOf(1);

}  // namespace decay_tables

// Returns e^(-passed/4096): the part that is left of a weight after `passed`
// ticks. It takes three looks into tables of 64, and no exponential. The result
// is 0 from 64 memories on, where 10^-28 would be left. The same bits on every
// machine.
constexpr double Decay(Ticks passed) {
  const double of_one = decay_tables::kTicks[passed % 64] *
                        decay_tables::kTicksOf64[passed / 64 % 64];
  if (passed < 4096) return of_one;
  if (passed >= 64 * 4096) return 0;
  return of_one * decay_tables::kMemories[passed / 4096];
}

}  // namespace els::internal
