#include <memory>

#include "sim/model/policy.h"
#include "sim/policies/brpc_locality_aware.h"
#include "sim/policies/brpc_power_of_two.h"
#include "sim/policies/c3.h"
#include "sim/policies/d2_relative.h"
#include "sim/policies/dialogue.h"
#include "sim/policies/dubbo_shortest_response.h"
#include "sim/policies/envoy_least_request.h"
#include "sim/policies/finagle_ewma.h"
#include "sim/policies/go_zero.h"
#include "sim/policies/ingress_nginx_ewma.h"
#include "sim/policies/kratos.h"
#include "sim/policies/linkerd_ewma.h"
#include "sim/policies/linkerd_ewma_penalty.h"
#include "sim/policies/make.h"
#include "sim/policies/orca_weighted.h"
#include "sim/policies/prequal.h"
#include "sim/policies/servicetalk.h"
#include "sim/policies/smooth_weighted_round_robin.h"
#include "sim/policies/traefik_least_time.h"

namespace els_sim {
namespace {

constexpr PolicyInfo kPeers[] = {
    {"smooth-wrr", "smooth weighted round robin (nginx)",
     Make<SmoothWeightedRoundRobin>},
    {"finagle-ewma",
     "of two at random, by peak EWMA, the unknown one at a time (Finagle)",
     Make<FinagleEwma>},
    {"linkerd-ewma", "of two at random, by peak EWMA that reads move (linkerd)",
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
    {"go-zero", "of two at random, by root of latency (go-zero)", Make<GoZero>},
    {"kratos", "of two at random, by success and root of latency (Kratos)",
     Make<Kratos>},
    {"prequal", "by probes: the quickest that is not hot (Prequal)",
     Make<Prequal>},
    {"envoy-least-request", "least request, by deadlines if weights differ",
     Make<EnvoyLeastRequest>},
    {"orca-wrr",
     "weighted round robin by what servers tell of themselves (gRPC)",
     Make<OrcaWeighted>},
    {"servicetalk", "of two at random, by peak EWMA that failures multiply",
     Make<ServiceTalk>},
    {"d2-relative", "at random by health, every 5 s against the mean latency",
     Make<D2Relative>},
    {"ingress-nginx-ewma", "of two at random, by EWMA of latency alone",
     Make<IngressNginxEwma>},
    {"dubbo-shortest-response",
     "mean latency of successes in 30 s times outstanding, the least of all",
     Make<DubboShortestResponse>},
    {"traefik-least-time",
     "mean of the last 100 answers times outstanding, the least of all",
     Make<TraefikLeastTime>},
};

}  // namespace

absl::Span<const PolicyInfo> Peers() { return kPeers; }

}  // namespace els_sim
