#include <array>
#include <memory>

#include "sim/policies/expected_latency.h"
#include "sim/policies/oblivious.h"
#include "sim/policies/outstanding.h"
#include "sim/policies/peak_ewma.h"
#include "sim/policy.h"

namespace els_sim {
namespace {

template <typename P>
std::unique_ptr<Policy> Make(const PolicySetup& setup) {
  return std::make_unique<P>(setup);
}

constexpr std::array<PolicyInfo, 6> kPolicies = {{
    {"round-robin", "one after the other, from a random one on",
     Make<RoundRobin>},
    {"random", "any, all equally likely", Make<RandomChoice>},
    {"least-outstanding", "the fewest outstanding of all, ties at random",
     Make<LeastOutstanding>},
    {"p2c", "the fewer outstanding of two at random", Make<PowerOfTwo>},
    {"peak-ewma", "of two at random, by peak EWMA (Finagle, linkerd)",
     Make<PeakEwma>},
    {"els", "expected latency: this library with its default options",
     Make<ExpectedLatency>},
}};

}  // namespace

absl::Span<const PolicyInfo> Policies() { return kPolicies; }

const PolicyInfo* FindPolicy(std::string_view name) {
  for (const PolicyInfo& policy : kPolicies) {
    if (policy.name == name) return &policy;
  }
  return nullptr;
}

}  // namespace els_sim
