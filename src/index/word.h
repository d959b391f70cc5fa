#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace els::internal {

// What the index compares: a score, a random tie, and a slot, in 64 bits.
// The order of words as integers is the order in which backends are to be
// picked.
//
//    63   62 .. 32                31 .. 22   21 .. 17   16 .. 0
//   +----+-----------------------+----------+----------+---------+
//   |held| expected latency,     | tie      | due      | slot    |
//   |back| a float without sign  |          |          |         |
//   +----+-----------------------+----------+----------+---------+
//
// The bits of positive floats are in the order of their values. The word of a
// full backend, which must not be picked, is held back and has the bits of
// infinity, so it comes after all others. A word is to be written anew in the
// round whose number has `due` as its lowest bits.
inline constexpr int kSlotBits = 17;
inline constexpr int kDueBits = 5;
inline constexpr int kTieBits = 10;
inline constexpr std::uint32_t kDueMask = (1U << kDueBits) - 1;

inline std::uint64_t MakeWord(std::uint32_t upper_half, std::uint64_t tie,
                              std::uint32_t due, std::uint32_t slot) {
  return std::uint64_t{upper_half} << 32 |
         (tie >> (64 - kTieBits)) << (kSlotBits + kDueBits) |
         (due & kDueMask) << kSlotBits | slot;
}

inline constexpr std::uint32_t kHeldBackBit = std::uint32_t{1} << 31;

inline std::uint64_t MakeWord(bool held_back, double expected_latency_s,
                              std::uint64_t tie, std::uint32_t due,
                              std::uint32_t slot) {
  constexpr double kMost = std::numeric_limits<float>::max();
  const auto expected_s =
      static_cast<float>(std::min(expected_latency_s, kMost));
  return MakeWord(
      (held_back ? kHeldBackBit : 0) | std::bit_cast<std::uint32_t>(expected_s),
      tie, due, slot);
}

inline constexpr std::uint32_t kFullHalf =
    kHeldBackBit |
    std::bit_cast<std::uint32_t>(std::numeric_limits<float>::infinity());

inline std::uint64_t MakeFullWord(std::uint64_t tie, std::uint32_t due,
                                  std::uint32_t slot) {
  return MakeWord(kFullHalf, tie, due, slot);
}

inline std::uint32_t DueOf(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> kSlotBits) & kDueMask;
}

inline std::size_t SlotOf(std::uint64_t word) {
  return word & ((std::size_t{1} << kSlotBits) - 1);
}

inline float ExpectedLatencyOf(std::uint64_t word) {
  constexpr std::uint32_t kWithoutClass = ~std::uint32_t{0} >> 1;
  return std::bit_cast<float>(static_cast<std::uint32_t>(word >> 32) &
                              kWithoutClass);
}

inline bool IsFull(std::uint64_t word) { return word >> 32 >= kFullHalf; }

inline bool IsHeldBack(std::uint64_t word) { return word >> 63 != 0; }

// Returns a random tie for each `number` of each slot. Cheaper than Mix, as
// only the upper bits of a tie count.
inline std::uint64_t DrawTie(std::uint64_t seed, std::uint32_t slot,
                             std::uint32_t number) {
  std::uint64_t x =
      (seed ^ (std::uint64_t{number} << 32 | slot)) * 0x9fb21c651e98df25;
  x ^= x >> 32;
  return x * 0x9fb21c651e98df25;
}

}  // namespace els::internal
