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
  virtual ~Server() = default;

  // `now`, here and below, never steps back between calls.
  [[nodiscard]] virtual std::optional<Due> Arrive(const Job& job, Time now) = 0;

  // The attempt that is done now that `what` was due; none if what arrived or
  // was streamed meanwhile has made it late. If there is one, Next comes next.
  [[nodiscard]] virtual std::optional<std::uint32_t> Depart(std::uint32_t what,
                                                            Time now) = 0;

  // An answer is streamed from now on, and takes AnswerStreams::slots; or one
  // of those has ended. Next comes next.
  virtual void Stream(Time now) = 0;
  virtual void Release(Time now) = 0;

  // Goes on with what is there.
  [[nodiscard]] virtual std::optional<Due> Next(Time now) = 0;

  // What streams take now, in whole slots.
  virtual std::size_t SlotsOfStreams() const = 0;

  // As Truth has them: without streams.
  virtual std::size_t InServer() const = 0;
  virtual double WorkLeft(Time now) = 0;
  virtual double SlownessAt(Time now) = 0;
};

// `plan` has to outlive it. REQUIRES: plan.slots > 0.
std::unique_ptr<Server> MakeServer(const ServerPlan& plan, els::Random pauses,
                                   els::Random noise);

}  // namespace els_sim
