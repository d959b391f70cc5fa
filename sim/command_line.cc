#include "sim/command_line.h"

#include <boost/program_options.hpp>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/arguments.h"
#include "sim/command_options.h"
#include "sim/files/catalogue.h"

namespace els_sim {
namespace {

constexpr std::string_view kUsage =
    "Simulates load-balancing policies on a virtual clock.\n"
    "\n"
    "  els-sim list                        scenarios and policies\n"
    "  els-sim explain SCENARIO...         a scenario in sentences\n"
    "  els-sim check FILE...               what is wrong with a scenario's "
    "file\n"
    "  els-sim run SCENARIO... [option]... simulate\n"
    "  els-sim compare [SCENARIO]... [option]...\n"
    "                                      wins, ties and losses of a policy\n"
    "  els-sim merge FILE... [option]...   the same, from parts that were made "
    "by\n"
    "                                      compare --shard\n"
    "  els-sim replay TRACE --scenario SCENARIO [option]...\n"
    "                                      run it with recorded requests\n"
    "  els-sim fit TRACE --out FILE.toml   make a scenario of a recording\n"
    "  els-sim golden --check DIR [SCENARIO]...\n"
    "                                      compare with the files in DIR\n"
    "  els-sim golden --update DIR [SCENARIO]...\n"
    "                                      write them anew\n"
    "  els-sim validate [--quick]          compare with queueing theory\n"
    "  els-sim tune [SCENARIO]... [option]...\n"
    "                                      search better options\n"
    "  els-sim COMMAND --help              a command's options\n"
    "\n"
    "A SCENARIO is a name of the list or the path of a .toml file. The same\n"
    "command prints the same bytes on every machine. Exit status: 0, 1 if a\n"
    "golden file differs, a file that is checked or merged or a recording is "
    "wrong,\n"
    "theory is not met or the output cannot be written, 2 if the command line "
    "is\n"
    "wrong, 130 if a search was stopped.\n";
constexpr std::string_view kCommands =
    "list, explain, check, run, compare, merge, tune, replay, fit, golden, "
    "validate";

po::options_description RunOptions() {
  po::options_description options("Options of run");
  options.add_options()  //
      ("policy", po::value<Words>()->multitoken()->composing()->value_name("P"),
       "a policy or several of `els-sim list`, or els with the options of a "
       "file, such as ./tuned.txt; default: the policies there, without peers "
       "and yardsticks")  //
      ("seed", po::value<std::string>()->default_value("1")->value_name("N"),
       "the first seed, at least 1")  //
      ("seeds", po::value<std::string>()->default_value("20")->value_name("K"),
       "simulations per policy, with the seeds N to N+K-1, pooled; 1 to 1000")(
          "load", po::value<std::string>()->value_name("X"),
          "load relative to what the scenario's servers can do, above 0 and at "
          "most 10; default: the scenario's. No effect where it has none, but "
          "a rate, a burst, a trace or users")  //
      ("retries", po::value<std::string>()->value_name("N"),
       "how often a failed request is sent again, to another server, 0 to 10; "
       "default: the scenario's")  //
      ("limit", po::value<Words>()->multitoken()->composing()->value_name("L"),
       "a limiter or several of `els-sim list`: each policy runs with each of "
       "them; default: the scenario's")  //
      ("hedge", po::value<Words>()->multitoken()->composing()->value_name("H"),
       "none, learnt or a delay such as 50ms, or several of these: each policy "
       "runs with each of them; default: the scenario's")  //
      ("help", "print this");
  return options;
}

po::options_description GoldenOptions() {
  po::options_description options("Options of golden");
  options.add_options()  //
      ("check", po::value<std::string>()->value_name("DIR"),
       "compare DIR/SCENARIO.txt with what `els-sim run SCENARIO` prints")  //
      ("update", po::value<std::string>()->value_name("DIR"),
       "write DIR/SCENARIO.txt anew, and print what differs; DIR has to "
       "exist")  //
      ("help", "print this");
  return options;
}

absl::Status NoScenario(const char* command) {
  return InvalidArgument(absl::StrCat(
      command, ": no scenario given; there are: ", KnownScenarios()));
}

absl::StatusOr<Command> ParseRun(const Words& words) {
  const po::variables_map values = Parse(words, RunOptions());
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText("els-sim run SCENARIO... [option]...\n", RunOptions())};
  }
  auto scenarios = FindScenarios(WordsOf(values, "scenario"));
  if (!scenarios.ok()) return scenarios.status();
  if (scenarios->empty()) return NoScenario("run");
  if (values.count("load") > 0) {
    const absl::Status set =
        SetLoad(values["load"].as<std::string>(), *scenarios);
    if (!set.ok()) return set;
  }
  auto run = RunOf(values, *std::move(scenarios));
  if (!run.ok()) return run.status();
  run->variants = {.limits = WordsOf(values, "limit"),
                   .hedges = WordsOf(values, "hedge")};
  absl::Status known = CheckLimiters(run->variants.limits);
  known.Update(CheckHedges(run->variants.hedges));
  if (!known.ok()) return known;
  return *std::move(run);
}

absl::StatusOr<Command> ParseGolden(const Words& words) {
  const po::variables_map values = Parse(words, GoldenOptions());
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText("els-sim golden (--check DIR | --update DIR) [SCENARIO]...\n",
                 GoldenOptions())};
  }
  auto scenarios = FindScenarios(WordsOf(values, "scenario"));
  if (!scenarios.ok()) return scenarios.status();
  if (scenarios->empty()) scenarios = Scenarios();
  const bool update = values.count("update") > 0;
  if (update == (values.count("check") > 0)) {
    return InvalidArgument("golden: give either --check DIR or --update DIR");
  }
  return GoldenCommand{
      update ? GoldenCommand::Action::kUpdate : GoldenCommand::Action::kCheck,
      values[update ? "update" : "check"].as<std::string>(),
      *std::move(scenarios)};
}

absl::StatusOr<Command> ParseList(const Words& words) {
  if (words.empty()) return ListCommand();
  if (words.front() == "--help") {
    return HelpCommand{"els-sim list\n\nPrints the scenarios and policies.\n"};
  }
  return InvalidArgument(
      absl::StrCat("list: unexpected '", words.front(), "'"));
}

po::options_description HelpOption(const char* caption) {
  po::options_description options(caption);
  options.add_options()("help", "print this");
  return options;
}

absl::StatusOr<Command> ParseCheck(const Words& words) {
  const po::options_description options = HelpOption("Options of check");
  const po::variables_map values = Parse(words, options);
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText("els-sim check FILE...\n\nPrints 'FILE: ok', or all that is "
                 "wrong with it, with lines and columns.\n",
                 options)};
  }
  CheckCommand command = {WordsOf(values, "scenario")};
  if (command.files.empty()) return InvalidArgument("check: no file given");
  return command;
}

absl::StatusOr<Command> ParseExplain(const Words& words) {
  const po::options_description options = HelpOption("Options of explain");
  const po::variables_map values = Parse(words, options);
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText("els-sim explain SCENARIO...\n\nPrints what happens in it, "
                 "what load that makes, what it shows and what it cannot "
                 "show.\n",
                 options)};
  }
  auto scenarios = FindScenarios(WordsOf(values, "scenario"));
  if (!scenarios.ok()) return scenarios.status();
  if (scenarios->empty()) return NoScenario("explain");
  return ExplainCommand{*std::move(scenarios)};
}

absl::StatusOr<Command> ParseValidate(const Words& words) {
  po::options_description options = HelpOption("Options of validate");
  options.add_options()("quick",
                        "the few cases that every run of the tests has");
  const po::variables_map values = Parse(words, options);
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText("els-sim validate [--quick]\n\nSimulates systems of which "
                 "queueing theory, or another simulator, knows\nthe response "
                 "time, some minutes long, and prints both. Times are in mean\n"
                 "service times. A row passes if the two are within four "
                 "standard errors,\nand these are 1 % or less.\n",
                 options)};
  }
  if (values.count("scenario") > 0) {
    return InvalidArgument("validate: unexpected '" +
                           WordsOf(values, "scenario").front() + "'");
  }
  return ValidateCommand{.quick = values.count("quick") > 0};
}

}  // namespace

absl::StatusOr<Command> ParseCommand(absl::Span<const std::string> arguments) {
  if (arguments.empty()) {
    return InvalidArgument("no command given; there are: " +
                           std::string(kCommands));
  }
  const std::string& name = arguments.front();
  const Words words(arguments.begin() + 1, arguments.end());
  try {
    if (name == "list") return ParseList(words);
    if (name == "run") return ParseRun(words);
    if (name == "compare") return ParseCompare(words);
    if (name == "merge") return ParseMerge(words);
    if (name == "replay") return ParseReplay(words);
    if (name == "fit") return ParseFit(words);
    if (name == "golden") return ParseGolden(words);
    if (name == "check") return ParseCheck(words);
    if (name == "explain") return ParseExplain(words);
    if (name == "validate") return ParseValidate(words);
    if (name == "tune") return ParseTune(words);
  } catch (const po::error& error) {
    return InvalidArgument(absl::StrCat(name, ": ", error.what()));
  }
  if (name == "--help" || name == "-h") {
    return HelpCommand{std::string(kUsage)};
  }
  return InvalidArgument("unknown command '" + name +
                         "'; there are: " + std::string(kCommands));
}

}  // namespace els_sim
