#include <memory>
#include <vector>

#include "sim/model/policy.h"
#include "sim/policies/brpc_locality_aware.h"
#include "sim/policies/brpc_power_of_two.h"
#include "sim/policies/c3.h"
#include "sim/policies/dialogue.h"
#include "sim/policies/go_zero.h"
#include "sim/policies/kratos.h"
#include "sim/policies/linkerd_ewma.h"
#include "sim/policies/linkerd_ewma_penalty.h"
#include "sim/policies/prequal.h"
#include "sim/policies/smooth_weighted_round_robin.h"

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
      {"dialogue", "the fewest outstanding and recent failures (dialogue)",
       Make<Dialogue>},
      {"go-zero", "of two at random, by root of latency (go-zero)",
       Make<GoZero>},
      {"kratos", "of two at random, by success and root of latency (Kratos)",
       Make<Kratos>},
      {"prequal", "by probes: the quickest that is not hot (Prequal)",
       Make<Prequal>},
  };
  return peers;
}

}  // namespace els_sim
