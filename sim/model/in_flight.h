#pragma once

// What a simulation keeps of requests that have not ended.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "els/hedge_timer.h"
#include "sim/model/policy.h"
#include "sim/model/virtual_time.h"
#include "sim/model/workload.h"

namespace els_sim {

// What an access point knows of a request of its own.
struct Request {
  std::uint64_t number = 0;
  Arrival arrival;
  els::Hedge hedge = {};
  // Servers that have failed it, or have it when its hedge is sent.
  std::vector<std::uint32_t> avoid = {};
  std::vector<std::uint32_t> open = {};  // Attempts that are not settled.
  std::uint32_t attempts = 0;            // Of both kinds, so far.
  std::size_t retries = 0;
  bool refused = false;  // By the limit.
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
  std::uint64_t number = 0;   // The request's.
  std::uint32_t ordinal = 0;  // Which of its attempts this is, from 0 on.
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
