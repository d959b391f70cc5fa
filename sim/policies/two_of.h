#pragma once

// Two different servers at random, all ordered pairs equally likely.

#include <cstdint>

#include "els/random.h"

namespace els_sim {

struct Pair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

// Two draws. Of one server, twice that one. REQUIRES: servers > 0.
inline Pair TwoOf(std::uint32_t servers, els::Random& random) {
  if (servers == 1) return {};
  Pair pair;
  pair.first = static_cast<std::uint32_t>(random.Below(servers));
  pair.second = static_cast<std::uint32_t>(random.Below(servers - 1));
  // Of the others: skipping the first keeps them equally likely, where "draw
  // again on a collision, or add one" would not.
  if (pair.second >= pair.first) ++pair.second;
  return pair;
}

}  // namespace els_sim
