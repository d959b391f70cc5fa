#pragma once

// The server of the least cost, all equals equally likely.

#include <cstdint>

#include "absl/types/span.h"
#include "els/random.h"

namespace els_sim {

// `cost` is called once for each. A draw for each tie. REQUIRES: not empty.
template <typename Cost>
std::uint32_t LeastOf(absl::Span<const std::uint32_t> servers, const Cost& cost,
                      els::Random& random) {
  std::uint32_t best = servers.front();
  auto least = cost(best);
  std::uint64_t ties = 1;
  for (const std::uint32_t server : servers.subspan(1)) {
    const auto its = cost(server);
    if (its > least) continue;
    ties = its < least ? 1 : ties + 1;
    least = its;
    // The k-th of equals replaces the choice with probability 1/k, which
    // leaves all of them equally likely.
    if (ties == 1 || random.Below(ties) == 0) best = server;
  }
  return best;
}

}  // namespace els_sim
