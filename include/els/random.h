#pragma once

// A small random generator whose sequence is fixed for ever. The standard
// distributions have no such sequence: they differ between libraries.

#include <array>
#include <cstdint>

namespace els {

// xoshiro256++ 1.0. SplitMix64 fills its state from the seed (Blackman and
// Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021). Not
// for secrets. A plain value: a copy repeats the sequence. Not thread-safe.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  // Returns 64 random bits.
  std::uint64_t Bits() {
    const std::uint64_t result = Rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

  // Returns a multiple of 2^-53, uniform in [0, 1).
  double Uniform() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }

  // Returns an integer, uniform in [0, n). It has no bias: the draw is repeated
  // where a remainder would favour the low numbers. REQUIRES: n > 0.
  std::uint64_t Below(std::uint64_t n) {
    const std::uint64_t unfair = (0 - n) % n;  // 2^64 mod n
    for (;;) {
      const std::uint64_t bits = Bits();
      if (bits >= unfair) return bits % n;
    }
  }

 private:
  static constexpr std::uint64_t Rotate(std::uint64_t x, int by) {
    return (x << by) | (x >> (64 - by));
  }

  std::array<std::uint64_t, 4> state_;
};

}  // namespace els
