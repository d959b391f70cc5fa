#include "sim/results/shard_file.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/model/absl_view.h"
#include "sim/results/line_reader.h"
#include "sim/results/shard_text.h"

namespace els_sim {
namespace {

Shard ReadShard(LineReader& reader) {
  reader.Expect("shard");
  Shard shard;
  shard.number = reader.Integer();
  shard.count = reader.Integer();
  if (shard.number == 0 || shard.number > shard.count ||
      shard.count > kMaxShards) {
    reader.Fail("must be 'shard I N' with I from 1 to N");
  }
  return shard;
}

void ReadScenario(LineReader& reader, const ScenarioFinder& find,
                  ContestPlan& plan) {
  std::optional<double> load;
  if (!reader.Skip("-")) load = reader.HexFloat();
  const std::uint64_t fingerprint = reader.Hexadecimal();
  std::string word;
  if (!absl::CUnescape(AbslView(reader.RestOfLine()), &word) || word.empty()) {
    return reader.Fail("lacks a scenario");
  }
  absl::StatusOr<Scenario> scenario = find(word);
  if (!scenario.ok()) {
    return reader.Fail(absl::StrCat(scenario.status().message()));
  }
  if (scenario->origin.fingerprint != fingerprint) {
    return reader.Fail(absl::StrCat("'", word,
                                    "' is not the scenario here that it was "
                                    "where the shard was made"));
  }
  auto* open = std::get_if<OpenArrivals>(&scenario->arrivals);
  if (open != nullptr && load.has_value()) open->load = *load;
  plan.scenarios.push_back(*std::move(scenario));
}

void ReadPolicy(LineReader& reader, ContestPlan& plan) {
  const std::string_view name = reader.RestOfLine();
  plan.policies.push_back(FindPolicy(name));
  if (plan.policies.back() != nullptr) return;
  reader.Fail(absl::StrCat("there is no policy '", AbslView(name), "'"));
}

ContestPlan ReadPlan(LineReader& reader, const ScenarioFinder& find) {
  ContestPlan plan;
  plan.with_timelines = true;
  reader.Expect("seeds");
  plan.seeds.first = reader.Integer();
  plan.seeds.count = reader.Integer();
  reader.Expect("warm_up");
  plan.warm_up = Duration(reader.Integer());
  reader.Expect("base");
  plan.base = reader.Integer();
  while (reader.Begin("scenario")) ReadScenario(reader, find, plan);
  while (reader.Begin("policy")) ReadPolicy(reader, plan);
  if (plan.seeds.first == 0 || plan.seeds.count == 0 ||
      plan.scenarios.empty() || plan.base >= plan.policies.size()) {
    reader.Fail("ends a plan that has no runs");
  }
  return plan;
}

Timeline ReadTimeline(LineReader& reader, const Scenario& scenario) {
  std::vector<Timeline::Step> steps;
  while (reader.Begin("second")) {
    Timeline::Step& step = steps.emplace_back();
    step.requests = reader.Integer();
    step.cost = FractionalDuration(reader.HexFloat());
    for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
      step.by_server.push_back(reader.Integer());
    }
  }
  return {scenario, std::move(steps)};
}

Tally ReadTally(LineReader& reader, const Scenario& scenario,
                const Stretch& stretch) {
  Tally tally = {.stretch = stretch};
  reader.Expect("stretch");
  for (const std::size_t value :
       {stretch.scenario, stretch.policy, stretch.first_seed, stretch.seeds}) {
    if (reader.Integer() != value) reader.Fail("is not this shard's");
  }
  reader.Expect("counts");
  tally.errors = reader.Integer();
  tally.attempts = reader.Integer();
  reader.Expect("costs_s");
  for (std::size_t i = 0; i < stretch.seeds; ++i) {
    tally.costs_s.push_back(reader.HexFloat());
  }
  reader.Expect("histogram");
  std::optional<Histogram> costs = Histogram::FromLine(reader.RestOfLine());
  if (!costs.has_value()) reader.Fail("is no histogram");
  if (costs.has_value()) tally.costs = *std::move(costs);
  if (stretch.first_seed == 0) tally.timeline = ReadTimeline(reader, scenario);
  return tally;
}

// What comes before the last line; empty if that does not fit it.
std::optional<std::string_view> WithoutEnd(std::string_view text) {
  const std::size_t length = ShardEnd("").size();
  if (text.size() < length) return std::nullopt;
  const std::string_view rest = text.substr(0, text.size() - length);
  if (text.substr(rest.size()) != ShardEnd(rest)) return std::nullopt;
  return rest;
}

// The lines of the plan, and the one before, which is not the plan's.
std::vector<std::string> HeadOf(std::string_view text) {
  const std::string_view head = text.substr(0, text.find("\nstretch "));
  std::vector<std::string> lines =
      absl::StrSplit(AbslView(head), '\n', absl::SkipEmpty());
  lines.erase(lines.begin(), lines.begin() + 2);
  return lines;
}

// Two that differ and are at the same place; "" is after the last.
std::pair<std::string, std::string> Difference(std::vector<std::string> a,
                                               std::vector<std::string> b) {
  a.resize(std::max(a.size(), b.size()));
  b.resize(a.size());
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin());
  return {*in_a, *in_b};
}

// The first few numbers from 1 to count that are not there.
std::string Missing(const std::map<std::size_t, std::string>& there,
                    std::size_t count) {
  constexpr std::size_t kFew = 10;
  std::vector<std::size_t> missing;
  for (std::size_t i = 1; i <= count && missing.size() < kFew; ++i) {
    if (!there.contains(i)) missing.push_back(i);
  }
  const bool all = missing.size() + there.size() == count;
  return absl::StrCat(absl::StrJoin(missing, ", "), all ? "" : ", ...");
}

}  // namespace

ShardMerger::ShardMerger(ScenarioFinder find) : find_(std::move(find)) {}

absl::Status ShardMerger::CheckAlike(
    const std::string& file, Shard shard,
    const std::vector<std::string>& head) const {
  if (shard.count != first_->shard.count) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, " is one of ", shard.count, " shards, but ",
                     first_->file, " one of ", first_->shard.count));
  }
  if (head != first_->head) {
    const auto [here, there] = Difference(head, first_->head);
    return absl::InvalidArgumentError(
        absl::StrCat(file, " is a shard of another comparison than ",
                     first_->file, ": '", here, "', not '", there, "'"));
  }
  const auto same = files_.find(shard.number);
  if (same == files_.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(file, " and ", same->second, " are both shard ",
                   shard.number, " of ", shard.count));
}

absl::Status ShardMerger::Add(const std::string& file, std::string_view text) {
  LineReader reader(file, text);
  reader.Expect(kShardMagic);
  if (reader.Integer() != kShardFormat) {
    reader.Fail("is of a format that this els-sim does not know");
  }
  const Shard shard = ReadShard(reader);
  if (!reader.status().ok()) return reader.status();
  const std::optional<std::string_view> all = WithoutEnd(text);
  if (!all.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        file, " was cut off or changed: its last line does not fit the rest"));
  }
  std::vector<std::string> head = HeadOf(*all);
  if (first_.has_value()) {
    absl::Status alike = CheckAlike(file, shard, head);
    if (!alike.ok()) return alike;
  }
  ContestPlan plan = ReadPlan(reader, find_);
  if (!reader.status().ok()) return reader.status();
  for (const Stretch& stretch : StretchesOf(plan, shard)) {
    const Scenario& scenario = plan.scenarios[stretch.scenario];
    tallies_.push_back(ReadTally(reader, scenario, stretch));
    if (!reader.status().ok()) return reader.status();
  }
  reader.Expect("end");
  if (!reader.status().ok()) return reader.status();
  files_.emplace(shard.number, file);
  if (!first_.has_value()) {
    first_ = {file, std::move(head), std::move(plan), shard};
  }
  return absl::OkStatus();
}

absl::StatusOr<Contest> ShardMerger::Finish() {
  const std::size_t count = first_->shard.count;
  if (files_.size() < count) {
    return absl::InvalidArgumentError(
        absl::StrCat("of ", count, " shards there are ", files_.size(),
                     "; missing: ", Missing(files_, count)));
  }
  return PutTogether(std::move(first_->plan), std::move(tallies_));
}

}  // namespace els_sim
