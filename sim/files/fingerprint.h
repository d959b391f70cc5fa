#pragma once

// Whether two texts are the same, without having both.

#include <cstdint>
#include <string_view>

namespace els_sim {

// The same texts in the same order give the same number on every machine;
// others, but by chance, another. It does not withstand intent. A value.
class Fingerprint {
 public:
  void Add(std::string_view text) {
    for (const char each : text) Mix(static_cast<unsigned char>(each));
    Mix(kEnd);
  }

  std::uint64_t value() const { return value_; }

 private:
  // FNV-1a, 64 bits; see draft-eastlake-fnv.
  static constexpr std::uint64_t kBasis = 0xcbf29ce484222325;
  static constexpr std::uint64_t kPrime = 0x100000001b3;
  static constexpr std::uint64_t kEnd = 256;  // Which no character is.

  void Mix(std::uint64_t symbol) { value_ = (value_ ^ symbol) * kPrime; }

  std::uint64_t value_ = kBasis;
};

}  // namespace els_sim
