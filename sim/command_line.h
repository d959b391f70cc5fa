#pragma once

// What the user asks of els-sim, checked before anything starts.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/results/contest.h"
#include "sim/results/contest_shard.h"
#include "sim/results/sweep.h"

namespace els_sim {

// Print this and do nothing else.
struct HelpCommand {
  std::string text;
};

struct ListCommand {};

struct RunCommand {
  std::vector<Scenario> scenarios;
  std::vector<const PolicyInfo*> policies;
  Seeds seeds;
};

// Files to write, besides what is printed.
struct ContestFiles {
  std::optional<std::string> csv = {};
  std::optional<std::string> json = {};
  std::optional<std::string> html = {};
};

// Who is better, and how sure is that?
struct CompareCommand {
  ContestPlan plan;
  ContestFiles files = {};
};

// A part of that, left in a file.
struct ShardCommand {
  ContestPlan plan;
  Shard shard;
  std::string file;
};

// What CompareCommand does, from the files of all ShardCommands.
struct MergeCommand {
  std::vector<std::string> shards;
  ContestFiles files = {};
};

struct GoldenCommand {
  enum class Action { kCheck, kUpdate };
  Action action = Action::kCheck;
  std::string directory;
  std::vector<Scenario> scenarios;
};

// Say what is wrong with these files.
struct CheckCommand {
  std::vector<std::string> files;
};

// Say in sentences what these are.
struct ExplainCommand {
  std::vector<Scenario> scenarios;
};

// Simulate what theory knows, and compare.
struct ValidateCommand {
  bool quick = false;
};

using Command =
    std::variant<HelpCommand, ListCommand, RunCommand, CompareCommand,
                 ShardCommand, MergeCommand, GoldenCommand, CheckCommand,
                 ExplainCommand, ValidateCommand>;

// `arguments` without the program's name. InvalidArgumentError, of one line
// that names what is wrong (or of all lines that ReadScenario has to say), if
// they make no command.
absl::StatusOr<Command> ParseCommand(absl::Span<const std::string> arguments);

}  // namespace els_sim
