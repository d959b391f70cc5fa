#pragma once

#include <cstdint>

namespace els::internal {

// What the operator says of a backend.
struct Traits {
  double distance = 1;
  double per_weight = 1;              // The mean weight by the backend's.
  std::uint32_t max_outstanding = 0;  // 0: no limit.
  bool operator==(const Traits&) const = default;
};

// Counts of what went otherwise than a success at one backend. They lie apart
// from Evidence, as calls seldom write them, and read them for a setback or a
// Snapshot only.
struct Mishaps {
  std::uint64_t failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t dropped = 0;  // Given up before an answer.
  std::uint64_t neutral = 0;
  std::uint64_t cut = 0;  // Answered well, and ended badly.
  std::uint32_t late_finishes = 0;
  // The successes that Evidence no longer counts itself, as it has few bits.
  std::uint64_t earlier_successes = 0;
};

}  // namespace els::internal
