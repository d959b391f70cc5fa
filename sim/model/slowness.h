#pragma once

// How slow a server is for what starts on it.

#include <cstddef>

#include "els/random.h"
#include "sim/model/scenario.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

class Slowness {
 public:
  // `plan` has to outlive it; `random` is for the noise.
  Slowness(const ServerPlan& plan, els::Random random);

  // What multiplies the size of a request that starts now, with so many in the
  // server, itself among them. Above 0. REQUIRES: `now` never steps back
  // between calls.
  double At(Time now, std::size_t in_server);

 private:
  double NoiseAt(Time now);

  const ServerPlan& plan_;
  els::Random random_;
  double noise_ = 1;
  Time noise_until_ = {};
};

}  // namespace els_sim
