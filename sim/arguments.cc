#include "sim/arguments.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/files/catalogue.h"
#include "sim/files/hedge_text.h"
#include "sim/files/options_file.h"
#include "sim/files/scenario_file.h"
#include "sim/model/limiter.h"
#include "sim/results/contest.h"

namespace els_sim {
namespace {

constexpr std::size_t kMaxSeeds = 1000;
constexpr double kMaxLoad = 10;
constexpr std::size_t kMaxRetriesFlag = 10;

absl::StatusOr<Scenario> FindOne(const std::string& name) {
  if (name.ends_with(".toml")) return ReadScenario(name);
  std::optional<Scenario> scenario = FindScenario(name);
  if (scenario.has_value()) return *std::move(scenario);
  return InvalidArgument(absl::StrCat(
      "unknown scenario '", name,
      "'; it must be the path of a .toml file, or one of ", KnownScenarios()));
}

// No policy's name has a dot or a slash.
absl::StatusOr<const PolicyInfo*> FindOnePolicy(const std::string& name) {
  const PolicyInfo* policy = FindPolicy(name);
  if (policy != nullptr) return policy;
  if (name.find_first_of("./") != name.npos) return PolicyOfOptionsFile(name);
  return InvalidArgument(absl::StrCat(
      "unknown policy '", name,
      "'; it must be the path of a file of options for els, with a dot or a "
      "slash in it, or one of ",
      KnownPolicies()));
}

}  // namespace

absl::Status InvalidArgument(std::string_view message) {
  return absl::InvalidArgumentError(
      absl::string_view(message.data(), message.size()));
}

std::string KnownScenarios() {
  return absl::StrJoin(
      CatalogueNames(), ", ",
      [](std::string* out, std::string_view name) { out->append(name); });
}

std::string KnownPolicies() {
  return absl::StrJoin(Policies(), ", ",
                       [](std::string* out, const PolicyInfo& policy) {
                         out->append(policy.name.data(), policy.name.size());
                       });
}

absl::StatusOr<std::vector<Scenario>> FindScenarios(const Words& names) {
  std::vector<Scenario> scenarios;
  for (const std::string& name : names) {
    auto scenario = FindOne(name);
    if (!scenario.ok()) return scenario.status();
    scenarios.push_back(*std::move(scenario));
  }
  return scenarios;
}

absl::StatusOr<std::vector<const PolicyInfo*>> FindPolicies(
    const Words& names) {
  std::vector<const PolicyInfo*> policies;
  for (const std::string& name : names) {
    const auto policy = FindOnePolicy(name);
    if (!policy.ok()) return policy.status();
    policies.push_back(*policy);
  }
  if (!policies.empty()) return policies;
  for (const PolicyInfo& policy : Policies()) policies.push_back(&policy);
  return policies;
}

absl::StatusOr<Seeds> ParseSeeds(const std::string& first,
                                 const std::string& count) {
  Seeds seeds;
  if (!absl::SimpleAtoi(first, &seeds.first) || seeds.first == 0) {
    return InvalidArgument(absl::StrCat(
        "--seed must be at least 1 and below 2^64, not '", first, "'"));
  }
  if (!absl::SimpleAtoi(count, &seeds.count) || seeds.count == 0 ||
      seeds.count > kMaxSeeds) {
    return InvalidArgument(absl::StrCat("--seeds must be 1 to ", kMaxSeeds,
                                        ", not '", count, "'"));
  }
  if (seeds.count - 1 >
      std::numeric_limits<std::uint64_t>::max() - seeds.first) {
    return InvalidArgument(absl::StrCat("--seed ", first, " with --seeds ",
                                        count, " goes beyond 2^64 - 1"));
  }
  return seeds;
}

absl::StatusOr<Shard> ParseShard(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  Shard shard;
  if (parts.size() == 2 && absl::SimpleAtoi(parts[0], &shard.number) &&
      absl::SimpleAtoi(parts[1], &shard.count) && shard.number > 0 &&
      shard.number <= shard.count && shard.count <= kMaxShards) {
    return shard;
  }
  return InvalidArgument(
      absl::StrCat("--shard must be I/N, such as 2/8: the I-th of N, from 1 "
                   "to N, and N at most ",
                   kMaxShards, "; not '", text, "'"));
}

absl::Status SetLoad(const std::string& text,
                     std::vector<Scenario>& scenarios) {
  double load = 0;
  if (!absl::SimpleAtod(text, &load) || !(load > 0 && load <= kMaxLoad)) {
    return InvalidArgument(absl::StrCat("--load must be above 0 and at most ",
                                        kMaxLoad, ", not '", text, "'"));
  }
  for (Scenario& scenario : scenarios) {
    auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
    if (open != nullptr && !open->rate.has_value()) open->load = load;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Scenario>> WithLoads(
    const Words& loads, const std::vector<Scenario>& scenarios) {
  if (loads.empty()) return scenarios;
  // Each has to be right, even if no scenario has a use for it.
  std::vector<Scenario> none;
  for (const std::string& load : loads) {
    const absl::Status set = SetLoad(load, none);
    if (!set.ok()) return set;
  }
  std::vector<Scenario> all;
  for (const Scenario& scenario : scenarios) {
    std::vector<Scenario> one = {scenario};
    for (const std::string& load : loads) {
      const absl::Status set = SetLoad(load, one);
      if (!set.ok()) return set;
      all.push_back(one.front());
      if (!LoadOf(scenario).has_value()) break;
    }
  }
  return all;
}

absl::Status CheckLimiters(const Words& names) {
  for (const std::string& name : names) {
    if (FindLimiter(name) != nullptr) continue;
    return InvalidArgument(absl::StrCat("unknown limiter '", name,
                                        "'; there are: ", KnownLimiters()));
  }
  return absl::OkStatus();
}

absl::Status CheckHedges(const Words& texts) {
  for (const std::string& text : texts) {
    HedgePlan unused;
    if (ParseHedge(text, unused)) continue;
    return InvalidArgument(
        absl::StrCat("--hedge must be ", kHedgeTexts, "; not '", text, "'"));
  }
  return absl::OkStatus();
}

absl::Status SetRetries(const std::string& text,
                        std::vector<Scenario>& scenarios) {
  std::size_t retries = 0;
  if (!absl::SimpleAtoi(text, &retries) || retries > kMaxRetriesFlag) {
    return InvalidArgument(absl::StrCat("--retries must be 0 to ",
                                        kMaxRetriesFlag, ", not '", text, "'"));
  }
  for (Scenario& scenario : scenarios) scenario.retries.most = retries;
  return absl::OkStatus();
}

}  // namespace els_sim
