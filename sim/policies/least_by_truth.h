#pragma once

// Yardsticks: the least server by what is true of it, which no access point can
// know.

#include <cstdint>
#include <limits>

#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/policies/candidates.h"
#include "sim/policies/least_of.h"

namespace els_sim {

// Join idle queue, as Lu et al. (2011) analyse it: as if every server told at
// once when it becomes idle. An idle one, or any if none is.
inline double BusyOrNot(const Truth& truth, std::uint32_t server) {
  return truth.InServer(server) > 0 ? 1 : 0;
}

// Least work left: what would be best where servers are alike, if requests told
// their sizes. With a slot each and no slow server it is one queue for all. It
// looks at what is there alone, not at how long the request would take there.
inline double WorkLeft(const Truth& truth, std::uint32_t server) {
  return truth.WorkLeft(server);
}

// Shortest expected delay, for servers that are told apart by their speed and
// have as many slots each: the requests there, and this one, times the
// slowness.
inline double ExpectedDelay(const Truth& truth, std::uint32_t server) {
  return static_cast<double>(truth.InServer(server) + 1) *
         truth.Slowness(server);
}

// One queue for all servers, with PolicyInfo::one_queue: the fastest that is
// free. Where servers are alike, no order in which they get requests without
// regard to sizes does better (Daley, "Certain optimality properties of the
// first-come first-served discipline for G/G/s queues", 1987). Where they are
// not, even the slowest is used once no other is free, though to wait may be
// better.
inline double FreeAndFast(const Truth& truth, std::uint32_t server) {
  return truth.IsFree(server) ? truth.Slowness(server)
                              : std::numeric_limits<double>::infinity();
}

// The server of the least cost, ties at random.
template <double (*cost)(const Truth&, std::uint32_t)>
class LeastByTruth final : public Policy {
 public:
  // REQUIRES: setup.truth.
  explicit LeastByTruth(const PolicySetup& setup)
      : candidates_(setup.members),
        truth_(*setup.truth),
        random_(setup.random) {}

  void SetMembers(absl::Span<const Member> members, Time) override {
    candidates_.Set(members);
  }

  Attempt Pick(Time, absl::Span<const std::uint32_t> avoid = {}) override {
    const auto of = [this](std::uint32_t server) {
      return cost(truth_, server);
    };
    return {.server = LeastOf(candidates_.Without(avoid), of, random_)};
  }

  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Candidates candidates_;
  const Truth& truth_;
  els::Random random_;
};

}  // namespace els_sim
