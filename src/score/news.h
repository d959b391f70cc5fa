#pragma once

#include <cstdint>

namespace els::internal {

// What a backend has had that the fleet does not know yet.
struct News {
  std::uint32_t picks = 0;
  std::uint32_t successes = 0;
  // Sums over the latencies of successes, per work, each times its weight.
  double weight = 0;
  double latency_s = 0;
  double square_s2 = 0;   // Of the latency by itself.
  double product_s2 = 0;  // Of the latency by the mean known before.

  bool Any() const { return (picks | successes) != 0; }
  void Add(const News& more) {
    picks += more.picks;
    successes += more.successes;
    weight += more.weight;
    latency_s += more.latency_s;
    square_s2 += more.square_s2;
    product_s2 += more.product_s2;
  }
};

}  // namespace els::internal
