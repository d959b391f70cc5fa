#pragma once

// What has to be true of every run: no request is lost, and those open at once
// obey Little's law.

#include <cstdint>
#include <string_view>

#include "sim/model/virtual_time.h"

namespace els_sim {

// Counts the requests of a run as they come and go. A value.
class Conservation {
 public:
  // The requests that are open have been for so much longer.
  void PassTime(Duration time) { open_over_time_ += open_ * Count(time); }

  // The number of the request: in order of arrival, from 0 on.
  std::uint64_t Arrive() {
    ++open_;
    return arrived_++;
  }

  // One has ended, so long after it arrived.
  void End(Duration taken) {
    --open_;
    taken_ += Count(taken);
  }

  bool AnyOpen() const { return open_ > 0; }

  // Aborts, and says why, unless so many have arrived as have `ended` and the
  // mean number open is their rate times the mean time taken (Little 1961).
  // `name` is the scenario's.
  void Check(std::string_view name, std::uint64_t ended) const;

 private:
  static std::uint64_t Count(Duration time) {
    return static_cast<std::uint64_t>(time.count());
  }

  std::uint64_t arrived_ = 0;
  std::uint64_t open_ = 0;
  // Modulo 2^64, in nanoseconds: what all requests have taken, and the integral
  // of those open over time.
  std::uint64_t taken_ = 0;
  std::uint64_t open_over_time_ = 0;
};

}  // namespace els_sim
