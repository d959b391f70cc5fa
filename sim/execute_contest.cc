// compare, its shards, and merge.

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "sim/arguments.h"
#include "sim/execute.h"
#include "sim/files/read_file.h"
#include "sim/results/contest.h"
#include "sim/results/contest_page.h"
#include "sim/results/contest_report.h"
#include "sim/results/contest_shard.h"
#include "sim/results/contest_summary.h"
#include "sim/results/parallel.h"
#include "sim/results/progress.h"
#include "sim/results/shard_file.h"
#include "sim/results/write_file.h"

namespace els_sim {
namespace {

bool CanWrite(const ContestOutput& output) {
  for (const auto& path : {output.csv, output.json, output.html}) {
    if (path.has_value() && !Good(CheckWritable(*path))) return false;
  }
  return true;
}

int Report(const Contest& contest, const ContestOutput& output) {
  std::cout << (output.summary ? RenderSummary(contest)
                               : RenderContest(contest));
  bool good = Flushed() == EXIT_SUCCESS;
  if (output.csv.has_value()) {
    good = Good(WriteFile(*output.csv, ContestCsv(contest))) && good;
  }
  if (output.json.has_value()) {
    good = Good(WriteFile(*output.json, ContestJson(contest))) && good;
  }
  if (output.html.has_value()) {
    good = Good(WriteFile(*output.html, ContestPage(contest))) && good;
  }
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

absl::StatusOr<Scenario> ScenarioOf(const std::string& word) {
  auto found = FindScenarios({word});
  if (!found.ok()) return found.status();
  return found->front();
}

absl::StatusOr<Contest> Merge(const std::vector<std::string>& files) {
  ShardMerger merger(ScenarioOf);
  Progress progress(files.size(), "shards");
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadFile(file);
    if (!text.ok()) return text.status();
    const absl::Status added = merger.Add(file, *text);
    if (!added.ok()) return added;
    progress.Step();
  }
  return merger.Finish();
}

}  // namespace

int Execute(const CompareCommand& command) {
  if (!CanWrite(command.output)) return EXIT_FAILURE;
  const Contest contest = [&command] {
    Progress progress(CountRuns(command.plan));
    return RunContest(command.plan, Processors(),
                      [&progress] { progress.Step(); });
  }();
  return Report(contest, command.output);
}

int Execute(const ShardCommand& command) {
  if (!Good(CheckWritable(command.file))) return EXIT_FAILURE;
  const auto stretches = StretchesOf(command.plan, command.shard);
  const std::vector<Tally> tallies = [&command, &stretches] {
    Progress progress(CountRuns(stretches));
    return RunStretches(command.plan, stretches, Processors(),
                        [&progress] { progress.Step(); });
  }();
  const std::string text = ShardText(command.plan, command.shard, tallies);
  return Good(WriteFile(command.file, text)) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int Execute(const MergeCommand& command) {
  if (!CanWrite(command.output)) return EXIT_FAILURE;
  const absl::StatusOr<Contest> contest = Merge(command.shards);
  if (!Good(contest.status())) return EXIT_FAILURE;
  return Report(*contest, command.output);
}

}  // namespace els_sim
