#pragma once

// The servers of a simulation.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "els/balancer.h"
#include "sim/model/fates.h"
#include "sim/model/load_meter.h"
#include "sim/model/policy.h"
#include "sim/model/server.h"
#include "sim/model/stage.h"

namespace els_sim {

// Takes attempts from when they are sent until their answers reach their access
// points. An answer that is there at once is returned; others become events of
// the stage.
class Fleet final : public Truth {
 public:
  struct Heard {
    std::uint32_t attempt = 0;  // Its place in Stage::sent.
    els::Outcome outcome = {};  // Of Sent::tail, if it has one: its begin.
  };

  // `stage` has to outlive it.
  Fleet(Stage& stage, std::uint64_t seed);

  // The attempt of this place goes on its way.
  [[nodiscard]] std::optional<Heard> Send(std::uint32_t id);

  // What is due at a kReach.
  [[nodiscard]] std::optional<Heard> Reach(std::uint32_t id);

  // What is due at a kServed or kShared; see Server::Depart.
  [[nodiscard]] std::optional<Heard> Serve(std::uint32_t server,
                                           std::uint32_t what);

  // A stream from `server` has ended: what is due at a kRelease.
  void Release(std::uint32_t server);

  // Truth
  std::size_t InServer(std::uint32_t server) const override;
  double WorkLeft(std::uint32_t server) const override;
  double Slowness(std::uint32_t server) const override;
  bool IsFree(std::uint32_t server) const override;
  bool Answers(std::uint32_t server) const override;
  std::optional<els::ServerLoad> Told(std::uint32_t server) const override;

 private:
  std::optional<Heard> Arrive(std::uint32_t id);
  void Measure(std::uint32_t server);
  void Await(const std::optional<Server::Due>& due, std::uint32_t server);
  std::optional<Tail> TailOf(const Sent& sent) const;
  void Stream(std::uint32_t server, Duration length);
  std::optional<Heard> Answer(std::uint32_t id, Duration after,
                              els::Outcome outcome);

  Stage& stage_;
  const Fates fates_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::uint64_t> under_way_;  // By server: attempts.
  std::vector<LoadMeter> meters_;         // By server: of those that report.
};

}  // namespace els_sim
