#pragma once

// Prequal's pool of probe replies, and its rule to choose among them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "els/random.h"
#include "sim/model/virtual_time.h"
#include "sim/policies/candidates.h"

namespace els_sim {

// A reply, and what has become of it since.
struct Probe {
  std::uint32_t server = 0;
  Time received = {};
  std::size_t in_flight = 0;  // In the server, and what was sent there since.
  double latency = 0;         // As the server estimates it. In any unit.
  std::uint32_t uses = 1;     // How often it may still be chosen. Above 0.
};

// The `quantile` of what servers have in flight: a server with more is hot. By
// nearest rank: the least value that so large a share of all does not exceed.
// REQUIRES: not empty; 0 < quantile <= 1.
std::size_t HotAbove(std::vector<std::size_t> in_flight, double quantile);

class ProbePool {
 public:
  static constexpr std::size_t kSize = 16;

  // In place of an earlier one of that server, and of the oldest if there are
  // too many.
  void Add(const Probe& probe);

  void DropReceivedBy(Time time);
  void DropAllBut(const Candidates& members);

  // The server to choose of `servers`: of the cold ones in the pool that of the
  // least latency, or if all are hot that with the fewest in flight; ties at
  // random. Empty if fewer than two of `servers` are in the pool.
  std::optional<std::uint32_t> Choose(absl::Span<const std::uint32_t> servers,
                                      std::size_t hot_above,
                                      els::Random& random);

  // A request is sent there on the word of its probe: it has one more in
  // flight, though its latency stays, and one use less. REQUIRES: in the pool.
  void Use(std::uint32_t server);

  // Removes the oldest, or the worst: of the hot ones that with the most in
  // flight, or if none is hot that of the most latency. Neither if empty.
  void RemoveOldest();
  void RemoveWorst(std::size_t hot_above);

  // The oldest first.
  absl::Span<const Probe> All() const { return probes_; }

 private:
  std::vector<Probe> probes_;
  std::vector<std::uint32_t> usable_;  // Of Choose: places in probes_.
};

}  // namespace els_sim
