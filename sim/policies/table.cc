#include <array>
#include <cstddef>
#include <memory>

#include "sim/model/policy.h"
#include "sim/policies/expected_latency.h"
#include "sim/policies/least_by_truth.h"
#include "sim/policies/make.h"
#include "sim/policies/oblivious.h"
#include "sim/policies/outstanding.h"
#include "sim/policies/peak_ewma.h"
#include "sim/policies/power_of_choices.h"
#include "sim/policies/static_split.h"

namespace els_sim {
namespace {

template <std::size_t choices, Draws draws>
std::unique_ptr<Policy> MakePower(const PolicySetup& setup) {
  return std::make_unique<PowerOfChoices>(setup, choices, draws);
}

constexpr std::array<PolicyInfo, 6> kPolicies = {{
    {"round-robin", "one after the other, from a random one on",
     Make<RoundRobin>},
    {"random", "any, all equally likely", Make<RandomChoice>},
    {"least-outstanding", "the fewest outstanding of all, ties at random",
     Make<LeastOutstanding>},
    {"p2c", "the fewer outstanding of two at random", Make<PowerOfTwo>},
    {"peak-ewma", "of two at random, by peak EWMA as it is described",
     Make<PeakEwma>},
    {"els", "expected latency: this library with its default options",
     Make<ExpectedLatency>},
}};

constexpr std::array<PolicyInfo, 8> kYardsticks = {{
    {"jiq", "an idle server at random, or any if none is",
     Make<LeastByTruth<BusyOrNot>>},
    {"least-work-left", "the one that would first be empty, ties at random",
     Make<LeastByTruth<WorkLeft>>},
    {"shortest-expected-delay",
     "the least requests times slowness, ties at random",
     Make<LeastByTruth<ExpectedDelay>>},
    {"central-queue",
     "one queue for all: the first to wait to the fastest that is free",
     Make<LeastByTruth<FreeAndFast>>, true},
    {"p2c-replacement", "p2c, but the two may be the same",
     MakePower<2, Draws::kWithReplacement>},
    {"p3c", "the fewest outstanding of three at random",
     MakePower<3, Draws::kDistinct>},
    {"p3c-replacement", "p3c, but some may be the same",
     MakePower<3, Draws::kWithReplacement>},
    {"split", "at random, in proportion to weight / distance",
     Make<StaticSplit>},
}};

}  // namespace

absl::Span<const PolicyInfo> Policies() { return kPolicies; }

absl::Span<const PolicyInfo> Yardsticks() { return kYardsticks; }

const PolicyInfo* FindPolicy(std::string_view name) {
  for (const auto& table : {Policies(), Peers(), Yardsticks()}) {
    for (const PolicyInfo& policy : table) {
      if (policy.name == name) return &policy;
    }
  }
  return nullptr;
}

}  // namespace els_sim
