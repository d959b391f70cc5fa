// ParseReplay of command_options.h.

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/command_trace.h"

namespace els_sim {
namespace {

constexpr std::string_view kReplayUsage =
    "els-sim replay TRACE --scenario SCENARIO [option]...\n"
    "\n"
    "Runs the scenario with the requests of a recording: they come at its "
    "times\n"
    "and take as long as it says. Prints what `els-sim run` prints.\n"
    "\n"
    "TRACE is a table with commas, semicolons or tabs between, or JSON, whose\n"
    "columns have these names; each may be missing:\n"
    "  time_s, _ms, _us or _ns      when it came, since any start\n"
    "  time, timestamp, ...         instead: 2023-11-16T18:15:46.68Z, or since "
    "1970\n"
    "  end_s, end_time, ...         instead: when it ended\n"
    "  latency_s, _ms, _us or _ns   until the answer, or until given up\n"
    "  size                         work, in any unit, if there is no latency\n"
    "  outcome, status              success, failure, timeout or cancelled; or "
    "of HTTP\n"
    "  backend                      any text\n"
    "  attempt                      2 and more for retries, which do not "
    "count\n"
    "Other columns are for --service. Where TRACE has no times, or no "
    "latencies "
    "and\n"
    "sizes, those are the scenario's. It may also be a log or the result of a "
    "load\n"
    "generator: `els-sim fit --help` has the list. Each may be gzip or zstd. "
    "What it\n"
    "was taken for is printed.\n"
    "\n"
    "A recorded latency counts as service time, over the slowness of its "
    "backend;\n"
    "where requests had to wait, they would wait twice.\n";

po::options_description ReplayOptionsOf() {
  po::options_description options("Options of replay");
  const auto text = [](const char* name) {
    return po::value<std::string>()->value_name(name);
  };
  options.add_options()("scenario", text("SCENARIO"),
                        "a name of `els-sim list`, or the path of a .toml "
                        "file: the servers and access points");
  AddTraceOptions(options);
  options.add_options()  //
      ("faster", text("X"),
       "the requests come X times as fast, above 0; default: 1")  //
      ("load", text("X"),
       "service times are scaled to make this load, above 0; default: as they "
       "are")  //
      ("policy", po::value<Words>()->multitoken()->composing()->value_name("P"),
       "a policy or several, or els with the options of a file, such as "
       "./tuned.txt; default: all of `els-sim list`")                        //
      ("seed", text("N")->default_value("1"), "the first seed, at least 1")  //
      ("seeds", text("K")->default_value("20"),
       "simulations per policy, with the seeds N to N+K-1, pooled; 1 to "
       "1000")  //
      ("retries", text("N"),
       "how often a failed request is sent again, to another server, 0 to 10; "
       "default: the scenario's")  //
      ("help", "print this");
  return options;
}

absl::StatusOr<RunCommand> ScenarioToRun(const po::variables_map& values) {
  if (values.count("scenario") == 0) {
    return InvalidArgument("replay: give --scenario; there are: " +
                           KnownScenarios() + ", and .toml files");
  }
  auto scenarios = FindScenarios({values["scenario"].as<std::string>()});
  if (!scenarios.ok()) return scenarios.status();
  return RunOf(values, *std::move(scenarios));
}

}  // namespace

absl::StatusOr<Command> ParseReplay(const Words& words) {
  const po::variables_map values = Parse(words, ReplayOptionsOf(), "trace");
  if (values.count("help") > 0) {
    return HelpCommand{HelpText(kReplayUsage, ReplayOptionsOf())};
  }
  auto trace = TraceOf("replay", values);
  if (!trace.ok()) return trace.status();
  auto run = ScenarioToRun(values);
  if (!run.ok()) return run.status();
  const auto faster = AboveZero(values, "faster");
  if (!faster.ok()) return faster.status();
  const auto load = AboveZero(values, "load");
  if (!load.ok()) return load.status();
  return ReplayCommand{
      .trace = *std::move(trace),
      .options = {.times_faster = faster->value_or(1), .load = *load},
      .run = *std::move(run)};
}

absl::StatusOr<Replayable> Replayed(const ReplayCommand& command) {
  const absl::StatusOr<Recording> recording = Read(command.trace);
  if (!recording.ok()) return recording.status();
  Replayable replay = {.story = {}, .run = command.run};
  auto story =
      Replay(*recording, command.options, replay.run.scenarios.front());
  if (!story.ok()) return story.status();
  replay.story = recording->story + *story;
  return replay;
}

}  // namespace els_sim
