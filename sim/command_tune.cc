// ParseTune of command_options.h.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "els/options_text.h"
#include "sim/command_options.h"
#include "sim/files/options_file.h"
#include "sim/results/contest.h"
#include "sim/tuning/catalogue_split.h"

namespace els_sim {
namespace {

constexpr std::string_view kTuneUsage =
    "els-sim tune [SCENARIO]... [option]...\n"
    "\n"
    "Searches the library's options for those that cost the least in the\n"
    "scenarios (by default, the train families of sim/tuning/README.md), and\n"
    "prints them with what else there is to know: what they cost with seeds "
    "and\n"
    "in scenarios that the search has not seen, what half and twice each of "
    "them\n"
    "costs, and the Pareto set of mean, 99th percentile and errors. Sobol's\n"
    "points go through successive halving; from the best, NLopt's Sbplx goes "
    "on.\n"
    "Of what cannot be told from the best, the nearest to the start is taken.\n"
    "\n"
    "Ctrl-C stops it; --resume goes on, and the result is the same.\n";

constexpr const char* kDefaultJournal = "els-tune.journal";
constexpr const char* kNone = "none";

// Those that decide the result, and so are kept in the journal.
constexpr const char* kLists[] = {"option", "constraint", "hold-out"};
constexpr const char* kTexts[] = {"start", "yardstick",   "seed",
                                  "seeds", "points",      "polish",
                                  "slack", "worst-weight"};

auto TextFlag(const char* name) {
  return po::value<std::string>()->value_name(name);
}

auto List(const char* name) {
  return po::value<Words>()->multitoken()->composing()->value_name(name);
}

void AddSearch(po::options_description& options) {
  options.add_options()  //
      ("option", po::value<Words>()->composing()->value_name("NAME[=RANGE]"),
       "search this one, as in --option latency_memory=0.5s..20s; may be given "
       "several times. Without a range: from an eighth of its value at the "
       "start to eight times that, within what is legal. Default: all numeric "
       "options of els/options_text.h that are not 0")  //
      ("start", TextFlag("FILE"),
       "the options at the start, as --out writes them; default: the "
       "library's")  //
      ("constraint", List("SCENARIO"),
       "these may not cost more than at the start; 'none' for none. Default: "
       "black-hole, cold-newcomer, half-fail, rollout, sinkhole, zone-slow")  //
      ("slack", TextFlag("PERCENT")->default_value("5"),
       "by how much costs of these, and error rates of all that is searched "
       "with, may be above those of the start; 0 to 100")  //
      ("hold-out", List("SCENARIO"),
       "these are looked at once, at the end; 'none' for none. Default: the "
       "hold-out families of sim/tuning/README.md")  //
      ("yardstick",
       TextFlag("P")->default_value(std::string(Contest::kYardstick)),
       "the policy that costs are relative to, on the same requests")  //
      ("worst-weight", TextFlag("W")->default_value("0.2"),
       "what the scenario with the largest ratio counts besides its part in "
       "the mean; 0 to 100");
}

void AddEffort(po::options_description& options) {
  options.add_options()  //
      ("seed", TextFlag("N")->default_value("1"),
       "the first seed, at least 1")  //
      ("seeds", TextFlag("K")->default_value("18"),
       "of the search; the comparison at the end has as many others; 2 to "
       "500")  //
      ("points", TextFlag("N")->default_value("64"),
       "Sobol's points, 1 to 100000")  //
      ("polish", TextFlag("N")->default_value("60"),
       "points that NLopt may try after that, 0 to 100000")  //
      ("out", TextFlag("FILE"),
       "write the options there, for the library and the access point; "
       "default: print them")  //
      ("html", TextFlag("FILE"),
       "write a page with tables and charts that needs nothing but a "
       "browser")  //
      ("journal", TextFlag("FILE"),
       "note each simulation there, for --resume; default: els-tune.journal, "
       "removed at the end")  //
      ("resume", TextFlag("FILE"),
       "go on with the search of this journal; the other options but --out "
       "and --html are its own")  //
      ("help", "print this");
}

po::options_description TuneOptions() {
  po::options_description options("Options of tune");
  AddSearch(options);
  AddEffort(options);
  return options;
}

std::optional<std::string> TextOf(const po::variables_map& values,
                                  const char* name) {
  if (values.count(name) == 0) return std::nullopt;
  return values[name].as<std::string>();
}

// What decides the result, as given, in one order.
Words ArgumentsOf(const po::variables_map& values) {
  Words words = WordsOf(values, "scenario");
  const auto name_of = [](const char* name) {
    return absl::StrCat("--", name);
  };
  for (const char* name : kTexts) {
    if (values.count(name) == 0 || values[name].defaulted()) continue;
    words.insert(words.end(), {name_of(name), *TextOf(values, name)});
  }
  for (const char* name : kLists) {
    for (const std::string& word : WordsOf(values, name)) {
      words.insert(words.end(), {name_of(name), word});
    }
  }
  return words;
}

template <typename T>
absl::Status SetNumber(const po::variables_map& values, const char* name,
                       T least, T most, T& number) {
  const std::string text = *TextOf(values, name);
  bool good = false;
  if constexpr (std::is_floating_point_v<T>) {
    good = absl::SimpleAtod(text, &number);
  } else {
    good = absl::SimpleAtoi(text, &number);
  }
  if (good && number >= least && number <= most) return absl::OkStatus();
  return InvalidArgument(absl::StrCat("--", name, " must be ", least, " to ",
                                      most, ", not '", text, "'"));
}

absl::Status SetEffort(const po::variables_map& values, TunePlan& plan) {
  absl::Status set = SetNumber<std::uint64_t>(
      values, "seed", 1, std::uint64_t{1} << 62, plan.first_seed);
  const auto then = [&set](const absl::Status& next) {
    if (set.ok()) set = next;
  };
  then(SetNumber<std::size_t>(values, "seeds", 2, 500, plan.seeds));
  then(SetNumber<std::size_t>(values, "points", 1, 100000, plan.points));
  then(SetNumber<std::size_t>(values, "polish", 0, 100000, plan.polish));
  then(SetNumber<double>(values, "slack", 0, 100, plan.slack));
  then(SetNumber<double>(values, "worst-weight", 0, 100, plan.worst_weight));
  plan.slack /= 100;
  return set;
}

absl::Status SetOptions(const Words& texts, TunePlan& plan) {
  if (texts.empty()) plan.options = AllTunedOptions(plan.start);
  std::set<std::string> names;
  for (const std::string& text : texts) {
    auto option = ParseTunedOption(text, plan.start);
    if (!option.ok()) {
      return InvalidArgument(
          absl::StrCat("--option: ", option.status().message()));
    }
    if (!names.insert(option->name).second) {
      return InvalidArgument("--option " + option->name + " is given twice");
    }
    plan.options.push_back(*std::move(option));
  }
  return absl::OkStatus();
}

bool HasScenario(const TunePlan& plan, const std::string& name) {
  return std::any_of(
      plan.scenarios.begin(), plan.scenarios.end(),
      [&name](const TuneScenario& each) { return each.scenario.name == name; });
}

// The catalogue's for this role if none are named, without those that are there
// already.
absl::Status AddScenarios(const Words& names, Role role, TunePlan& plan) {
  if (names == Words{kNone}) return absl::OkStatus();
  Words wanted = names;
  if (names.empty()) {
    for (std::string& name : CatalogueFor(role)) {
      if (!HasScenario(plan, name)) wanted.push_back(std::move(name));
    }
  }
  auto scenarios = FindScenarios(wanted);
  if (!scenarios.ok()) return scenarios.status();
  for (Scenario& scenario : *scenarios) {
    if (HasScenario(plan, scenario.name)) {
      return InvalidArgument("scenario '" + scenario.name +
                             "' is given twice; each is for one purpose");
    }
    const std::string family(FamilyOf(scenario.name));
    plan.scenarios.push_back({std::move(scenario), role, family});
  }
  return absl::OkStatus();
}

// Those that are named come first, so that the defaults can leave them out.
absl::Status SetScenarios(const po::variables_map& values, TunePlan& plan) {
  struct Part {
    const char* name;
    Role role;
  };
  const Part parts[] = {{"scenario", Role::kTrain},
                        {"constraint", Role::kConstraint},
                        {"hold-out", Role::kHoldOut}};
  for (const bool named : {true, false}) {
    for (const Part& part : parts) {
      const Words words = WordsOf(values, part.name);
      if (words.empty() == named) continue;
      absl::Status added = AddScenarios(words, part.role, plan);
      if (!added.ok()) return added;
    }
  }
  if (!ScenariosOf(plan, Role::kTrain).empty()) return absl::OkStatus();
  return InvalidArgument("tune: no scenario is left to search with");
}

absl::StatusOr<TunePlan> PlanOf(const po::variables_map& values) {
  TunePlan plan;
  const auto yardstick = FindPolicies({*TextOf(values, "yardstick")});
  if (!yardstick.ok()) return yardstick.status();
  plan.yardstick = yardstick->front();
  absl::Status set = SetEffort(values, plan);
  const auto start = TextOf(values, "start");
  if (set.ok() && start.has_value()) {
    auto options = ReadOptionsFile(*start);
    set = options.status();
    if (options.ok()) plan.start = *std::move(options);
  }
  if (set.ok()) set = SetOptions(WordsOf(values, "option"), plan);
  if (set.ok()) set = SetScenarios(values, plan);
  if (!set.ok()) return set;
  return plan;
}

// Takes the plan of a journal, which a user may repeat but not change.
absl::Status Resume(const std::string& path, TuneCommand& command) {
  auto content = ReadJournal(path);
  if (!content.ok()) return content.status();
  if (!command.arguments.empty() && command.arguments != content->arguments) {
    return InvalidArgument(absl::StrCat(
        path,
        " is of other arguments: ", absl::StrJoin(content->arguments, " "),
        "; leave out all but --resume, --out and --html"));
  }
  command.arguments = content->arguments;
  auto plan = PlanOf(Parse(command.arguments, TuneOptions()));
  if (!plan.ok()) return plan.status();
  command.plan = *std::move(plan);
  if (content->start != els::PrintOptions(command.plan.start)) {
    return InvalidArgument(path + " began with other options than these");
  }
  command.journal = path;
  command.known = *std::move(content);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Command> ParseTune(const Words& words) {
  const po::variables_map values = Parse(words, TuneOptions());
  if (values.count("help") > 0) {
    return HelpCommand{HelpText(kTuneUsage, TuneOptions())};
  }
  TuneCommand command = {.arguments = ArgumentsOf(values),
                         .out = TextOf(values, "out"),
                         .html = TextOf(values, "html")};
  const auto resume = TextOf(values, "resume");
  if (resume.has_value() && values.count("journal") > 0) {
    return InvalidArgument("tune: --resume goes on with its own journal");
  }
  if (resume.has_value()) {
    absl::Status resumed = Resume(*resume, command);
    if (!resumed.ok()) return resumed;
    return command;
  }
  auto plan = PlanOf(values);
  if (!plan.ok()) return plan.status();
  command.plan = *std::move(plan);
  command.journal = TextOf(values, "journal").value_or(kDefaultJournal);
  command.keep_journal = values.count("journal") > 0;
  return command;
}

}  // namespace els_sim
