// ParseCompare and ParseMerge of command_options.h.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/command_options.h"
#include "sim/files/catalogue.h"
#include "sim/files/duration_text.h"
#include "sim/results/contest.h"

namespace els_sim {
namespace {

constexpr std::string_view kCompareUsage =
    "els-sim compare [SCENARIO]... [option]...\n"
    "\n"
    "Prints what each policy costs in each scenario (by default, all of the\n"
    "list) relative to the base policy, on the same requests; whether the "
    "base\n"
    "wins, ties or loses; and geometric means over the scenarios. Losses are\n"
    "listed again at the end.\n"
    "\n"
    "It wins or loses by more than 2 %, and where that is hardly chance: one "
    "of\n"
    "all verdicts on a policy is wrong with at most 5 % probability (a paired\n"
    "t-test over the seeds, corrected by Holm's method over the scenarios).\n"
    "\n"
    "Where there is a steady state, the first seconds do not count: what "
    "policies\n"
    "are in the end is compared there, and how they start in scenarios of its "
    "own.\n"
    "It matters to those that learn slowly, and else hardly: of 196 ratios to "
    "els,\n"
    "half change by less than 0.3 %.\n"
    "\n"
    "Several machines can share the work: each runs the same command with a\n"
    "--shard of its own, and `els-sim merge` makes of their files what one\n"
    "machine would have printed, to the byte.\n";

constexpr std::string_view kMergeUsage =
    "els-sim merge FILE... [option]...\n"
    "\n"
    "Prints what els-sim compare would have printed, to the byte, from the "
    "files\n"
    "that all its shards have left, in any order: see els-sim compare --help. "
    "The\n"
    "files of scenarios have to be where they were for compare, unchanged.\n";

// What compare and merge print and write.
void AddOutputOptions(po::options_description& options) {
  const auto file = [] { return po::value<std::string>()->value_name("FILE"); };
  options.add_options()  //
      ("summary",
       "print a line for each policy, in Markdown, and the losses, instead of "
       "each scenario's table")                                     //
      ("csv", file(), "write a line for each scenario and policy")  //
      ("json", file(),
       "write the same, each seed's costs and the "
       "means over the scenarios")  //
      ("html", file(),
       "write a page with tables and charts that needs nothing but a "
       "browser")  //
      ("help", "print this");
}

po::options_description CompareOptions() {
  po::options_description options("Options of compare");
  const auto text = [](const char* name) {
    return po::value<std::string>()->value_name(name);
  };
  const auto words = [](const char* name) {
    return po::value<Words>()->multitoken()->composing()->value_name(name);
  };
  options.add_options()  //
      ("policy", words("P"),
       "a policy or several, besides the base, or els with the options of a "
       "file, such as ./tuned.txt; default: all policies and peers of "
       "`els-sim list`, and three yardsticks, that know more than they may")  //
      ("baseline", text("P")->default_value("els"),
       "the policy that the others are compared with")                       //
      ("seed", text("N")->default_value("1"), "the first seed, at least 1")  //
      ("seeds", text("K")->default_value("20"),
       "simulations per policy and scenario, with the seeds N to N+K-1; 1 to "
       "1000, and an interval needs 2")  //
      ("load", po::value<Words>()->composing()->value_name("X"),
       "instead of the scenarios' own; may be given several times, each a row; "
       "no effect on scenarios that have none")  //
      ("limit", text("L"),
       "a limiter of `els-sim list`, which bounds what each access point has "
       "outstanding, whatever its policy; default: the scenario's, if it has "
       "one")  //
      ("warm-up", text("TIME")->default_value("5s"),
       "what arrives before does not count in scenarios that are steady: a "
       "stream of at least twice that, in which nothing happens later; 0s "
       "counts all")  //
      ("shard", text("I/N"),
       "simulate only the I-th of N parts, from 1 on, and print nothing but "
       "write --out")  //
      ("out", text("FILE"), "what els-sim merge needs of the shard");
  AddOutputOptions(options);
  return options;
}

po::options_description MergeOptions() {
  po::options_description options("Options of merge");
  AddOutputOptions(options);
  return options;
}

std::vector<const PolicyInfo*> DefaultPolicies() {
  std::vector<const PolicyInfo*> policies;
  for (const auto& table : {Policies(), Peers()}) {
    for (const PolicyInfo& policy : table) policies.push_back(&policy);
  }
  policies.push_back(FindPolicy(Contest::kYardstick));
  policies.push_back(FindPolicy("least-work-left"));
  policies.push_back(FindPolicy("central-queue"));
  return policies;
}

absl::Status SetPolicies(const Words& names, const std::string& base,
                         ContestPlan& plan) {
  auto wanted = FindPolicies(names);
  if (!wanted.ok()) return wanted.status();
  auto found = FindPolicies({base});
  if (!found.ok()) return found.status();
  if (names.empty()) wanted = DefaultPolicies();
  wanted->push_back(found->front());
  for (const PolicyInfo* policy : *wanted) {
    auto& all = plan.policies;
    if (std::find(all.begin(), all.end(), policy) == all.end()) {
      all.push_back(policy);
    }
  }
  if (plan.policies.size() == 1) {
    return InvalidArgument("--policy names nothing but the base, '" + base +
                           "'");
  }
  const auto place =
      std::find(plan.policies.begin(), plan.policies.end(), found->front());
  plan.base = static_cast<std::size_t>(place - plan.policies.begin());
  return absl::OkStatus();
}

absl::Status SetScenarios(const Words& names, const Words& loads,
                          ContestPlan& plan) {
  auto scenarios = FindScenarios(names);
  if (!scenarios.ok()) return scenarios.status();
  if (names.empty()) scenarios = Scenarios();
  auto loaded = WithLoads(loads, *scenarios);
  if (!loaded.ok()) return loaded.status();
  plan.scenarios = *std::move(loaded);
  return absl::OkStatus();
}

absl::Status SetLimit(const std::string& limiter, ContestPlan& plan) {
  for (Scenario& scenario : plan.scenarios) {
    if (!scenario.limit.has_value()) scenario.limit.emplace();
    scenario.limit->limiter = limiter;
  }
  return CheckLimiters({limiter});
}

std::optional<std::string> FileOf(const po::variables_map& values,
                                  const char* name) {
  if (values.count(name) == 0) return std::nullopt;
  return values[name].as<std::string>();
}

ContestOutput OutputOf(const po::variables_map& values) {
  return {.summary = values.count("summary") > 0,
          .csv = FileOf(values, "csv"),
          .json = FileOf(values, "json"),
          .html = FileOf(values, "html")};
}

// Of compare --shard.
absl::StatusOr<Command> ShardOf(const po::variables_map& values,
                                ContestPlan plan) {
  const auto shard = ParseShard(values["shard"].as<std::string>());
  if (!shard.ok()) return shard.status();
  if (values.count("out") == 0) {
    return InvalidArgument("--shard needs --out FILE");
  }
  for (const char* name : {"summary", "csv", "json", "html"}) {
    if (values.count(name) == 0) continue;
    return InvalidArgument(
        absl::StrCat("--", name, " is for els-sim merge, not for a --shard"));
  }
  if (values.count("limit") > 0) {
    return InvalidArgument(
        "--shard cannot have a --limit: els-sim merge reads the scenarios' own "
        "files");
  }
  for (const PolicyInfo* policy : plan.policies) {
    if (FindPolicy(policy->name) == policy) continue;
    return InvalidArgument(
        absl::StrCat("--shard cannot have '", std::string(policy->name),
                     "': els-sim merge knows the policies of `els-sim list`, "
                     "and no files of options"));
  }
  plan.with_timelines = true;  // Merge may be asked for a page.
  return ShardCommand{.plan = std::move(plan),
                      .shard = *shard,
                      .file = values["out"].as<std::string>()};
}

}  // namespace

absl::StatusOr<Command> ParseCompare(const Words& words) {
  const po::variables_map values = Parse(words, CompareOptions());
  if (values.count("help") > 0) {
    return HelpCommand{HelpText(kCompareUsage, CompareOptions())};
  }
  CompareCommand command = {.plan = {}, .output = OutputOf(values)};
  const absl::Status scenarios = SetScenarios(
      WordsOf(values, "scenario"), WordsOf(values, "load"), command.plan);
  if (!scenarios.ok()) return scenarios;
  if (values.count("limit") > 0) {
    const absl::Status limit =
        SetLimit(values["limit"].as<std::string>(), command.plan);
    if (!limit.ok()) return limit;
  }
  const absl::Status policies =
      SetPolicies(WordsOf(values, "policy"),
                  values["baseline"].as<std::string>(), command.plan);
  if (!policies.ok()) return policies;
  const auto seeds = ParseSeeds(values["seed"].as<std::string>(),
                                values["seeds"].as<std::string>());
  if (!seeds.ok()) return seeds.status();
  command.plan.seeds = *seeds;
  const auto warm_up = ParseDuration(values["warm-up"].as<std::string>());
  if (!warm_up.has_value()) {
    return InvalidArgument("--warm-up must be a duration, such as 5s, not '" +
                           values["warm-up"].as<std::string>() + "'");
  }
  command.plan.warm_up = *warm_up;
  if (values.count("shard") > 0) {
    return ShardOf(values, std::move(command.plan));
  }
  if (values.count("out") > 0) return InvalidArgument("--out needs a --shard");
  command.plan.with_timelines = command.output.html.has_value();
  return command;
}

absl::StatusOr<Command> ParseMerge(const Words& words) {
  const po::variables_map values = Parse(words, MergeOptions());
  if (values.count("help") > 0) {
    return HelpCommand{HelpText(kMergeUsage, MergeOptions())};
  }
  MergeCommand command = {.shards = WordsOf(values, "scenario"),
                          .output = OutputOf(values)};
  if (command.shards.empty()) return InvalidArgument("merge: no file given");
  return command;
}

}  // namespace els_sim
