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
#include "sim/results/compare.h"
#include "sim/results/contest.h"
#include "sim/results/contest_shard.h"
#include "sim/results/sweep.h"
#include "sim/traces/recording.h"
#include "sim/traces/replay.h"
#include "sim/tuning/journal.h"
#include "sim/tuning/tune_plan.h"

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
  Variants variants = {};
};

// What is made of a contest.
struct ContestOutput {
  bool summary = false;  // Print that alone.
  // Files to write, besides what is printed.
  std::optional<std::string> csv = {};
  std::optional<std::string> json = {};
  std::optional<std::string> html = {};
};

// Who is better, and how sure is that?
struct CompareCommand {
  ContestPlan plan;
  ContestOutput output = {};
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
  ContestOutput output = {};
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

// A recording, and how to read it.
struct TraceSource {
  std::string path;
  RecordingOptions options = {};
};

// Run a scenario with a recording's requests.
struct ReplayCommand {
  TraceSource trace;
  ReplayOptions options = {};
  // Of one scenario, whose requests are not yet those.
  RunCommand run = {};
};

// Make a scenario of a recording.
struct FitCommand {
  TraceSource trace;
  std::optional<double> rate = {};  // Requests per second, if it has no times.
  std::size_t servers = 1;          // If it names no backends.
  std::string out;                  // The scenario's file.
};

// Search better options.
struct TuneCommand {
  TunePlan plan = {};
  std::vector<std::string> arguments = {};  // Those that decide the result.
  std::string journal = {};
  bool keep_journal = true;  // Once all is done.
  // What the journal has, if that search is to go on.
  std::optional<JournalContent> known = {};
  // Files to write, besides what is printed.
  std::optional<std::string> out = {};
  std::optional<std::string> html = {};
};

using Command =
    std::variant<HelpCommand, ListCommand, RunCommand, CompareCommand,
                 ShardCommand, MergeCommand, GoldenCommand, CheckCommand,
                 ExplainCommand, ValidateCommand, ReplayCommand, FitCommand,
                 TuneCommand>;

// `arguments` without the program's name. InvalidArgumentError, of one line
// that names what is wrong (or of all lines that ReadScenario has to say), if
// they make no command.
absl::StatusOr<Command> ParseCommand(absl::Span<const std::string> arguments);

}  // namespace els_sim
