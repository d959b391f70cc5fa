#pragma once

// A server of some slots and one queue without a bound, first come first
// served. It knows neither time nor events: its owner starts and ends the work.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "sim/virtual_time.h"

namespace els_sim {

// One attempt's work: its service time on a server of slowness 1.
struct Job {
  std::uint32_t attempt = 0;
  Duration size = {};
};

class Server {
 public:
  // REQUIRES: slots > 0.
  explicit Server(std::size_t slots) : free_slots_(slots) {}

  // True: the job has taken a slot and its service starts now. False: it waits.
  [[nodiscard]] bool Arrive(const Job& job);

  // A job in service is done. The one that takes its slot, if any waits: its
  // service starts now. REQUIRES: a job is in service.
  [[nodiscard]] std::optional<Job> Depart();

 private:
  std::size_t free_slots_;
  std::deque<Job> waiting_;
};

}  // namespace els_sim
