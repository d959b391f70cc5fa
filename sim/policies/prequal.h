#pragma once

// Prequal (Wydrowski, Kleinberg, Rumble and Archer, "Load is not what you
// should balance: introducing Prequal", NSDI 2024), asynchronous: each request
// sends probes, whose replies serve those after it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/slab.h"
#include "sim/policies/answers_by_load.h"
#include "sim/policies/candidates.h"
#include "sim/policies/probe_pool.h"

namespace els_sim {

// A probe is answered at once, and free: with what is in the server, and with
// the latency that the server would expect. A Truth does not have that, so it
// is made of two things: how slow the server is now, which is true, and what
// this access point's own answers took there when as much was in it. A server
// that is silent answers no probe either.
//
// Without what the paper does against servers that fail at once, and does not
// describe; and without probes while there are no requests.
class Prequal final : public Policy {
 public:
  // Of the paper's testbed.
  static constexpr std::size_t kProbesPerRequest = 3;
  static constexpr Duration kProbeAge = std::chrono::seconds(1);
  static constexpr double kHotQuantile = 0.8408964152537145;  // 2^-0.25
  // One is removed for each request, the oldest and the worst in turn.
  static constexpr double kRemovedPerRequest = 1;
  static constexpr double kMoreReuse = 1;  // The paper's delta.
  // The paper leaves it open how many replies make a distribution. These are
  // those of 43 requests.
  static constexpr std::size_t kLoadsKept = 128;

  // REQUIRES: setup.truth.
  explicit Prequal(const PolicySetup& setup);

  // Keeps what is known of those that stay, or return.
  void SetMembers(absl::Span<const Member> members, Time now) override;

  Attempt Pick(Time now, absl::Span<const std::uint32_t> avoid = {}) override;

  // What fails at once looks like a quick answer. Only a timeout and a
  // cancelled request say nothing: the server does not know of them.
  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override;

  // How often a reply may be used on average, so that the pool lasts although
  // some replies replace others and some are removed. The formula has no limit
  // for few servers, where most replies replace others; here it is the size of
  // the pool.
  static double Reuse(std::size_t servers);

  // The oldest first.
  absl::Span<const Probe> Pool() const { return pool_.All(); }

 private:
  struct Sent {
    std::size_t load = 0;  // In the server when it was sent.
    double slowness = 1;
  };

  void SendProbes(Time now);
  void Receive(std::uint32_t server, Time now);
  double Latency(std::uint32_t server, std::size_t load) const;
  std::uint32_t Uses();

  Candidates candidates_;
  const Truth& truth_;
  els::Random random_;

  ProbePool pool_;
  bool worst_is_next_ = false;
  std::vector<std::size_t> loads_;      // Of the latest replies, a ring.
  std::size_t next_load_ = 0;           // Its place.
  std::vector<std::uint32_t> lottery_;  // All members, for distinct draws.

  Slab<Sent> sent_;  // By token.
  // Of latencies over the slowness there.
  std::vector<AnswersByLoad> answers_;  // By server.
  AnswersByLoad all_answers_;
};

}  // namespace els_sim
