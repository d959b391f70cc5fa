// els-sim: see kUsage in command_line.cc, or run it with --help.

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "sim/command_line.h"
#include "sim/command_trace.h"
#include "sim/execute.h"
#include "sim/execute_tune.h"
#include "sim/files/catalogue.h"
#include "sim/files/explain.h"
#include "sim/files/scenario_file.h"
#include "sim/model/limiter.h"
#include "sim/results/compare.h"
#include "sim/results/golden.h"
#include "sim/results/parallel.h"
#include "sim/results/progress.h"
#include "sim/theory/validate.h"

namespace els_sim {
namespace {

constexpr int kUsageError = 2;

std::string Report(const RunCommand& command) {
  Progress progress(command.scenarios.size() * command.policies.size() *
                    command.variants.Count() * command.seeds.count);
  std::string text;
  for (const Scenario& scenario : command.scenarios) {
    absl::StrAppend(&text, text.empty() ? "" : "\n",
                    Compare(
                        scenario, command.policies, command.seeds, Processors(),
                        [&progress] { progress.Step(); }, command.variants));
  }
  return text;
}

// What `els-sim run SCENARIO` prints.
std::string GoldenReport(const Scenario& scenario) {
  RunCommand command = {
      .scenarios = {scenario}, .policies = {}, .seeds = {}, .variants = {}};
  for (const PolicyInfo& policy : Policies()) {
    command.policies.push_back(&policy);
  }
  return Report(command);
}

int Execute(const HelpCommand& command) {
  std::cout << command.text;
  return Flushed();
}

void ListPolicies(std::string_view title,
                  absl::Span<const PolicyInfo> policies) {
  std::cout << title << ":\n";
  for (const PolicyInfo& policy : policies) {
    std::cout << absl::StrFormat("  %-23s %s\n", policy.name,
                                 policy.description);
  }
}

int Execute(const ListCommand&) {
  std::cout << "scenarios:\n";
  for (const Scenario& scenario : Scenarios()) {
    std::cout << absl::StrFormat("  %-18s %s\n", scenario.name,
                                 scenario.description);
  }
  ListPolicies("policies", Policies());
  ListPolicies("their peers", Peers());
  ListPolicies("yardsticks, for comparison and theory", Yardsticks());
  std::cout << "limiters:\n";
  for (const LimiterInfo& limiter : Limiters()) {
    std::cout << absl::StrFormat("  %-23s %s\n", limiter.name,
                                 limiter.description);
  }
  return Flushed();
}

int Execute(const RunCommand& command) {
  std::cout << Report(command);
  return Flushed();
}

int Execute(const ReplayCommand& command) {
  const auto replay = Replayed(command);
  if (!Good(replay.status())) return EXIT_FAILURE;
  std::cout << replay->story << "\n" << Report(replay->run);
  return Flushed();
}

int Execute(const FitCommand& command) {
  const absl::StatusOr<std::string> report = Fitted(command);
  if (!Good(report.status())) return EXIT_FAILURE;
  std::cout << *report;
  return Flushed();
}

int Execute(const GoldenCommand& command) {
  bool good = true;
  for (const Scenario& scenario : command.scenarios) {
    const std::string path =
        absl::StrCat(command.directory, "/", scenario.name, ".txt");
    const std::string text = GoldenReport(scenario);
    const auto differences = CompareGolden(path, text);
    for (const std::string& difference : differences) {
      std::cout << difference << "\n";
    }
    good = good && differences.empty();
    if (command.action == GoldenCommand::Action::kCheck) continue;
    const absl::Status written = WriteGolden(path, text);
    if (written.ok()) continue;
    std::cerr << "els-sim: " << written.message() << "\n";
    return EXIT_FAILURE;
  }
  if (command.action == GoldenCommand::Action::kUpdate) return Flushed();
  if (!good) {
    std::cout << "If this change is wanted: els-sim golden --update "
              << command.directory << "\n";
  }
  return good ? Flushed() : EXIT_FAILURE;
}

int Execute(const CheckCommand& command) {
  bool good = true;
  for (const std::string& file : command.files) {
    const absl::Status status = ReadScenario(file).status();
    good = good && status.ok();
    if (status.ok()) {
      std::cout << file << ": ok\n";
    } else {
      std::cout << status.message() << "\n";
    }
  }
  return good ? Flushed() : EXIT_FAILURE;
}

int Execute(const ExplainCommand& command) {
  for (const Scenario& scenario : command.scenarios) {
    if (&scenario != &command.scenarios.front()) std::cout << "\n";
    std::cout << Explain(scenario);
  }
  return Flushed();
}

int Execute(const ValidateCommand& command) {
  std::vector<ValidationCase> cases = ValidationCases();
  if (command.quick) {
    std::erase_if(cases,
                  [](const ValidationCase& each) { return !each.quick; });
  }
  std::vector<ValidationRow> rows;
  {
    Progress progress(CountRuns(cases));
    rows = Validate(cases, Processors(), [&progress] { progress.Step(); });
  }
  std::cout << RenderValidation(rows);
  const int flushed = Flushed();
  return AllPass(rows) ? flushed : EXIT_FAILURE;
}

int Execute(const TuneCommand& command) {
  return ExecuteTune(command, Processors());
}

int Main(const std::vector<std::string>& arguments) {
  const auto command = ParseCommand(arguments);
  if (!command.ok()) {
    std::cerr << "els-sim: " << command.status().message() << "\n";
    return kUsageError;
  }
  return std::visit([](const auto& asked) { return Execute(asked); }, *command);
}

}  // namespace
}  // namespace els_sim

int main(int argc, char** argv) {
  return els_sim::Main(std::vector<std::string>(argv + 1, argv + argc));
}
