#pragma once

#include "els/balancer.h"
#include "src/engine/engine.h"

namespace els::internal {

// Makes a balancer that refreshes every score and every mean at each pick, so
// that it can be compared with a simple one call by call.
class BalancerPeer {
 public:
  static Balancer MakeExact(const Options& options) {
    return Balancer(new Engine(options, options.seed, true));
  }
};

}  // namespace els::internal
