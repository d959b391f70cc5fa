#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace els::internal {

// The time by which things are forgotten, in ticks of 1/4096 memory (time
// constant). It wraps, so only the difference of two readings means anything,
// and those are compared many times a memory.
using Ticks = std::uint32_t;

inline constexpr double kTicksPerMemory = 4096;

// The later of two readings. A thread may come to a backend with a reading from
// before another thread's, and such a step back is no step. The clocks go on
// unseen by a backend that is not in the set, so they are taken to be behind by
// at most a sixteenth of the circle, 65,536 memories.
constexpr Ticks Later(Ticks reading, Ticks own) {
  constexpr Ticks kMostBehind = Ticks{1} << 28;
  return own - reading <= kMostBehind ? own : reading;
}

namespace decay_tables {

// e^-x for x in [0, 1] by its Taylor series, of which 22 terms leave less than
// the rounding.
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
    // Below 1 by the series; beyond it whole powers, which lose a bit each.
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

// e^(-passed/4096): what is left of a weight after that many ticks. Three looks
// into tables of 64, so without an exponential; 0 from 64 memories on, of which
// 10^-28 would be left. The same bits on every machine.
constexpr double Decay(Ticks passed) {
  const double of_one = decay_tables::kTicks[passed % 64] *
                        decay_tables::kTicksOf64[passed / 64 % 64];
  if (passed < 4096) return of_one;
  if (passed >= 64 * 4096) return 0;
  return of_one * decay_tables::kMemories[passed / 4096];
}

}  // namespace els::internal
