#include "sim/tuning/catalogue_split.h"

#include <algorithm>
#include <utility>

#include "sim/files/catalogue.h"

namespace els_sim {
namespace {

constexpr std::string_view kOther = "other";

bool Names(const Family& family, std::string_view scenario) {
  return std::count(family.scenarios.begin(), family.scenarios.end(),
                    scenario) > 0;
}

std::vector<Family> Searched() {
  return {
      {"equal servers", Role::kTrain, {"equal", "calm", "uniform"}},
      {"a slow server",
       Role::kTrain,
       {"slow", "slow-one-of-ten", "two-generations"}},
      {"a failing server", Role::kTrain, {"failing", "flakes"}},
      {"changing speeds", Role::kTrain, {"flapping", "gc-pauses"}},
      {"sizes", Role::kTrain, {"heavy-tail", "heavy-tail-h2"}},
      {"many clients", Role::kTrain, {"many-clients"}},
      {"bursts", Role::kTrain, {"bursts", "spike"}},
      {"situations",
       Role::kConstraint,
       {"black-hole", "cold-newcomer", "half-fail", "rollout", "sinkhole",
        "zone-slow"}},
  };
}

std::vector<Family> HeldOut() {
  return {
      {"outages",
       Role::kHoldOut,
       {"all-fail", "all-silent", "frozen", "silent", "sinkhole-2-of-20",
        "zone-fails"}},
      {"published",
       Role::kHoldOut,
       {"closed-loop", "cold-start", "drastic-slowdown", "fast-503",
        "live-reload", "one-big-spike", "slow-503s", "slow-middle", "spotify"}},
      {"neighbours", Role::kHoldOut, {"noisy-neighbours"}},
      {"shared cores", Role::kHoldOut, {"mice-and-elephants"}},
      {"skew", Role::kHoldOut, {"skewed-clients"}},
      {"ramps", Role::kHoldOut, {"load-ramp", "rising"}},
      {"overload", Role::kHoldOut, {"retry-storm", "shedding"}},
      {"distances", Role::kHoldOut, {"zones-rtt"}},
      {"one access point",
       Role::kHoldOut,
       {"one-gateway", "one-gateway-sized", "few-heavy-two",
        "few-heavy-two-key", "few-heavy-ten", "few-heavy-ten-size"}},
      {"newcomers", Role::kHoldOut, {"quiet-scale-out", "long-answers"}},
      {"answers", Role::kHoldOut, {"not-found", "held-streams", "cut-answers"}},
      {"weights and limits", Role::kHoldOut, {"weighted", "one-at-a-time"}},
      {"limits of concurrency",
       Role::kHoldOut,
       {"overload", "capacity-halves", "users-and-batch", "ten-limits",
        "sinkhole-full", "slower-service"}},
      {"hedges",
       Role::kHoldOut,
       {"hedged-overload", "tail-of-attempts", "tail-of-servers"}},
      {"servers that tell", Role::kHoldOut, {"told-equal", "told-uneven"}},
  };
}

std::vector<Family> MakeFamilies() {
  std::vector<Family> families = Searched();
  for (Family& family : HeldOut()) families.push_back(std::move(family));
  return families;
}

}  // namespace

const std::vector<Family>& Families() {
  static const auto* families = new std::vector<Family>(MakeFamilies());
  return *families;
}

std::string_view FamilyOf(std::string_view scenario) {
  for (const Family& family : Families()) {
    if (Names(family, scenario)) return family.name;
  }
  return kOther;
}

std::vector<std::string> CatalogueFor(Role role) {
  const std::vector<std::string_view> all = CatalogueNames();
  std::vector<std::string> names;
  for (const Family& family : Families()) {
    if (family.role != role) continue;
    for (const std::string_view name : all) {
      if (Names(family, name)) names.emplace_back(name);
    }
  }
  if (role != Role::kHoldOut) return names;
  for (const std::string_view name : all) {
    if (FamilyOf(name) == kOther) names.emplace_back(name);
  }
  return names;
}

}  // namespace els_sim
