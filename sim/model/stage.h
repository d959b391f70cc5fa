#pragma once

// What the two sides of a simulation share: the access points, which are in
// simulate.cc, and the servers, which are in fleet.h.

#include <cstdint>

#include "sim/model/event_queue.h"
#include "sim/model/happening.h"
#include "sim/model/in_flight.h"
#include "sim/model/scenario.h"
#include "sim/model/slab.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

struct Stage {
  const Scenario& scenario;  // Has to outlive it.
  Time now = {};
  EventQueue<Happening> events = {};
  Slab<Sent> sent = {};

  void Schedule(Duration delay, Happening::Kind kind, std::uint32_t what,
                std::uint32_t version = 0) {
    events.Push(now + delay, {kind, what, version});
  }

  // How long the attempt takes to its server, and its answer back.
  Duration DelayOf(const Sent& attempt) const {
    if (scenario.delays.empty()) return {};
    return scenario.delays[attempt.access_point % scenario.zones]
                          [scenario.servers[attempt.attempt.server].zone];
  }
};

}  // namespace els_sim
