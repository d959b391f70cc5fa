#pragma once

// What is kept of a run by window, so that questions such as "who was sent what
// meanwhile" need no log of every request.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/histogram.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

struct WindowResult {
  // Of the requests that arrived within it: as in Result, and how many failed
  // in the end.
  Histogram costs = {};
  std::uint64_t errors = 0;

  // By server: attempts sent to it within the window, and the most that were
  // at once sent, and neither answered nor given up, in it.
  std::vector<std::uint64_t> attempts = {};
  std::vector<std::uint64_t> peak = {};

  // Attempts by zone of the access point: to servers of its own and of others.
  struct Zone {
    std::uint64_t near = 0;
    std::uint64_t far = 0;
  };
  std::vector<Zone> zones = {};
};

// Counts a run's events by window, as they happen. Time never steps back
// between calls.
class WindowTally {
 public:
  // `scenario` has to outlive it.
  explicit WindowTally(const Scenario& scenario);

  // An attempt is sent by an access point of `zone`.
  void Sent(std::size_t server, std::size_t zone, Time now);

  // An attempt is answered or given up.
  void Settled(std::size_t server, Time now);

  // A request that arrived at `arrival` has ended.
  void Ended(Time arrival, Duration cost, bool failed);

  // By window, in the scenario's order.
  std::vector<WindowResult> Results() && { return std::move(results_); }

 private:
  // Those that have begun hold the peak that they began with.
  void Begin(Time now);

  const Scenario& scenario_;
  std::vector<WindowResult> results_;
  std::vector<bool> begun_;
  std::vector<std::uint64_t> in_flight_;  // By server.
};

// The part of a window's attempts that went to these servers; 0 of none.
double ShareOf(const WindowResult& window, absl::Span<const std::size_t> of);

// How far the share of any of these servers is from their mean, as a part of
// it: 0 if all are equal.
double Unevenness(const WindowResult& window, absl::Span<const std::size_t> of);

// The most in flight at once on any of these servers.
std::uint64_t PeakOf(const WindowResult& window,
                     absl::Span<const std::size_t> of);

// The part of the attempts of a zone's access points that left it; 0 of none.
double FarShare(const WindowResult::Zone& zone);

// The part of the requests that failed; 0 of none.
double ErrorRate(const WindowResult& window);

}  // namespace els_sim
