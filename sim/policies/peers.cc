#include <memory>
#include <vector>

#include "sim/policies/brpc_locality_aware.h"
#include "sim/policies/brpc_power_of_two.h"
#include "sim/policies/c3.h"
#include "sim/policies/linkerd_ewma.h"
#include "sim/policies/linkerd_ewma_penalty.h"
#include "sim/policies/smooth_weighted_round_robin.h"
#include "sim/model/policy.h"

namespace els_sim {
namespace {

template <typename P>
std::unique_ptr<Policy> Make(const PolicySetup& setup) {
  return std::make_unique<P>(setup);
}

}  // namespace

absl::Span<const PolicyInfo> Peers() {
  static const auto& peers = *new std::vector<PolicyInfo>{
      {"smooth-wrr", "smooth weighted round robin (nginx)",
       Make<SmoothWeightedRoundRobin>},
      {"linkerd-ewma",
       "of two at random, by peak EWMA that reads move (linkerd)",
       Make<LinkerdEwma>},
      {"linkerd-ewma-penalty",
       "of two at random, by peak EWMA where a failure is 5 s (linkerd)",
       Make<LinkerdEwmaPenalty>},
      {"brpc-la", "at random, by throughput / latency and age (brpc)",
       Make<BrpcLocalityAware>},
      {"brpc-p2c", "of two at random, by peak EWMA that punishes (brpc)",
       Make<BrpcPowerOfTwo>},
      {"c3", "the least latency and cubed queue of all, without rate control",
       Make<C3>},
  };
  return peers;
}

}  // namespace els_sim
