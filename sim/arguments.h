#pragma once

// The words of a command line as values. Every error is an InvalidArgumentError
// of one line that names the word and what would have been right; those of a
// scenario's file are ReadScenario's.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/contest_shard.h"
#include "sim/results/sweep.h"

namespace els_sim {

using Words = std::vector<std::string>;

absl::Status InvalidArgument(std::string_view message);

// Comma-separated, for messages.
std::string KnownScenarios();
std::string KnownPolicies();

// The scenarios of these names, or in these files if they end in .toml, in
// their order.
absl::StatusOr<std::vector<Scenario>> FindScenarios(const Words& names);

// The policies of these names, and els with the options of these files, which
// have a dot or a slash in their paths; all policies if there are no names.
absl::StatusOr<std::vector<const PolicyInfo*>> FindPolicies(const Words& names);

// OK if there are limiters of all these names.
absl::Status CheckLimiters(const Words& names);

// OK if ParseHedge takes all of these.
absl::Status CheckHedges(const Words& texts);

// The seeds `first` to `first` + `count` - 1.
absl::StatusOr<Seeds> ParseSeeds(const std::string& first,
                                 const std::string& count);

// "I/N": the I-th of N, from 1 on.
absl::StatusOr<Shard> ParseShard(const std::string& text);

// Gives those scenarios that have one the load; those with a rate have none.
absl::Status SetLoad(const std::string& text, std::vector<Scenario>& scenarios);

// Those that have a load, once with each of these, and the others as they are;
// no loads leave all as they are.
absl::StatusOr<std::vector<Scenario>> WithLoads(
    const Words& loads, const std::vector<Scenario>& scenarios);

// Gives all scenarios the retries.
absl::Status SetRetries(const std::string& text,
                        std::vector<Scenario>& scenarios);

}  // namespace els_sim
