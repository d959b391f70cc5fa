#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace els::internal {

// Work in units of 1/4096 of a typical request. Whole numbers, so that a sum to
// which much was added, and from which it was taken away again, is exact.
using Work = std::uint32_t;

inline constexpr double kUnitsOfWork = 4096;
inline constexpr Work kTypicalWork = 4096;

// Returns `work` as Request::work says that it counts. Never 0.
inline Work ToWork(double work) {
  if (work == 1 || !std::isfinite(work) || work <= 0) return kTypicalWork;
  constexpr double kMost = 1e6 * kUnitsOfWork;
  return static_cast<Work>(std::clamp(work * kUnitsOfWork, 1.0, kMost));
}

// Returns work in typical requests.
inline double FromWork(std::uint64_t work) {
  return static_cast<double>(work) * (1 / kUnitsOfWork);
}

// A latency per typical work, and how much it counts. A heavy request says no
// more of its backend than a typical one. A light one says less: most of its
// latency may have been spent in waiting for others.
struct Sample {
  double latency_s = 0;
  double weight = 1;
};

inline Sample PerWork(double latency_s, Work work) {
  if (work == kTypicalWork) return {latency_s, 1};
  return {latency_s * (kUnitsOfWork / work),
          std::min(1.0, work / kUnitsOfWork)};
}

}  // namespace els::internal
