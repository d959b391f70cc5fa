#pragma once

// Two different servers at random, all ordered pairs equally likely.

#include <cstdint>

#include "absl/types/span.h"
#include "els/random.h"

namespace els_sim {

struct Pair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

// Two draws. Of one server, twice that one. REQUIRES: not empty, each once.
inline Pair TwoOf(absl::Span<const std::uint32_t> servers,
                  els::Random& random) {
  if (servers.size() == 1) return {servers.front(), servers.front()};
  const std::uint64_t first = random.Below(servers.size());
  std::uint64_t second = random.Below(servers.size() - 1);
  // Of the others: skipping the first keeps them equally likely, where "draw
  // again on a collision, or add one" would not.
  if (second >= first) ++second;
  return {servers[first], servers[second]};
}

}  // namespace els_sim
