#pragma once

// What a simulation keeps of requests that have not ended.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/model/policy.h"
#include "sim/model/virtual_time.h"
#include "sim/model/workload.h"

namespace els_sim {

// What an access point knows of a request of its own.
struct Request {
  std::uint64_t number = 0;
  Arrival arrival;
  std::vector<std::uint32_t> failed_by = {};  // Servers.
  bool refused = false;                       // By the limit.
};

// How an answer goes on after its first byte, if that is not all of it.
struct Tail {
  Duration length = {};
  bool cut = false;  // It ends as a failure.
};

// An attempt. Its place is free once neither its access point waits for it nor
// it is held back, on its way or in its server.
struct Sent {
  std::uint32_t request = 0;
  std::uint64_t number = 0;  // The request's.
  std::uint32_t version = 0;
  Time time = {};
  Attempt attempt = {};
  std::uint32_t access_point = 0;
  std::uint32_t admitted = 0;  // The limiter's own.
  Duration size = {};
  double luck = 0;
  std::optional<Tail> tail = {};   // Known when it has been served.
  std::optional<Time> begun = {};  // When its first byte was there, of a tail.
  bool open = true;   // Neither answered, to the end, nor given up.
  bool going = true;  // Held back, on its way, or in the server.
  bool held = false;  // Not sent yet: see PolicyInfo::one_queue.
};

}  // namespace els_sim
