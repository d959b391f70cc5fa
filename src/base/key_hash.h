#pragma once

// Where a table of fixed size looks for a key.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace els::internal {

// A bijection that spreads every bit over all others: the output function of
// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; constants by Stafford).
constexpr std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Up to 8 bytes as a little-endian number, on a machine of any byte order.
inline std::uint64_t Word(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

// Mixes in the words of the key one by one, after its length. Keys of up to
// eight bytes and the same length never collide. Others do by chance alone.
// The same on every machine. Takes a time that grows with the key's length.
inline std::uint64_t HashOf(std::string_view key) {
  std::uint64_t hash = Mix(key.size());
  for (; key.size() > 8; key.remove_prefix(8)) {
    hash = Mix(hash ^ Word(key.substr(0, 8)));
  }
  return Mix(hash ^ Word(key));
}

}  // namespace els::internal
