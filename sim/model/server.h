#pragma once

// What servers do with the work they are sent. They know neither events nor
// failures: their owner tells them the time, and asks again when they say.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "els/random.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// One attempt's work: its service time on a server of slowness 1.
struct Job {
  std::uint32_t attempt = 0;
  Duration size = {};
};

class Server {
 public:
  // When the server is to be asked, and for what.
  struct Due {
    Time time = {};
    std::uint32_t what = 0;
  };
  struct Departure {
    std::optional<std::uint32_t> attempt = {};  // It is done.
    std::optional<Due> next = {};
  };

  virtual ~Server() = default;

  // `now`, here and below, never steps back between calls.
  [[nodiscard]] virtual std::optional<Due> Arrive(const Job& job, Time now) = 0;

  // What became of `what` at the time it was due.
  [[nodiscard]] virtual Departure Depart(std::uint32_t what, Time now) = 0;

  // As Truth has them.
  virtual std::size_t InServer() const = 0;
  virtual double WorkLeft(Time now) = 0;
  virtual double SlownessAt(Time now) = 0;
};

// `plan` has to outlive it. REQUIRES: plan.slots > 0.
std::unique_ptr<Server> MakeServer(const ServerPlan& plan, els::Random pauses,
                                   els::Random noise);

}  // namespace els_sim
