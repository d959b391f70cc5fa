#include "sim/policies/oblivious.h"

namespace els_sim {
namespace {

std::uint32_t FirstInTurn(const PolicySetup& setup) {
  els::Random random = setup.random;
  return static_cast<std::uint32_t>(setup.first_in_turn.has_value()
                                        ? *setup.first_in_turn
                                        : random.Below(setup.servers));
}

}  // namespace

RoundRobin::RoundRobin(const PolicySetup& setup)
    : servers_(static_cast<std::uint32_t>(setup.servers)),
      next_(FirstInTurn(setup)) {}

Attempt RoundRobin::Pick(Time) {
  const Attempt attempt = {.server = next_};
  next_ = next_ + 1 < servers_ ? next_ + 1 : 0;
  return attempt;
}

RandomChoice::RandomChoice(const PolicySetup& setup)
    : servers_(static_cast<std::uint32_t>(setup.servers)),
      random_(setup.random) {}

Attempt RandomChoice::Pick(Time) {
  return {.server = static_cast<std::uint32_t>(random_.Below(servers_))};
}

}  // namespace els_sim
