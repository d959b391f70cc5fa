// ShardText of shard_file.h.

#include "sim/results/shard_text.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/files/fingerprint.h"
#include "sim/model/absl_view.h"
#include "sim/results/line_reader.h"
#include "sim/results/shard_file.h"

namespace els_sim {
namespace {

std::string HexText(std::uint64_t value) {
  return absl::StrCat(absl::Hex(value, absl::kZeroPad16));
}

std::string HeadText(const ContestPlan& plan) {
  std::string text = absl::StrCat(
      "seeds ", plan.seeds.first, " ", plan.seeds.count, "\nwarm_up ",
      plan.warm_up.count(), "\nbase ", plan.base, "\n");
  for (const Scenario& scenario : plan.scenarios) {
    const std::optional<double> load = LoadOf(scenario);
    absl::StrAppend(&text, "scenario ",
                    load.has_value() ? HexFloatText(*load) : "-", " ",
                    HexText(scenario.origin.fingerprint), " ",
                    absl::Utf8SafeCHexEscape(scenario.origin.word), "\n");
  }
  for (const PolicyInfo* policy : plan.policies) {
    absl::StrAppend(&text, "policy ", AbslView(policy->name), "\n");
  }
  return text;
}

void AppendTimeline(const Timeline& timeline, std::string& text) {
  for (const Timeline::Step& step : timeline.steps()) {
    absl::StrAppend(&text, "second ", step.requests, " ",
                    HexFloatText(step.cost.count()), " ",
                    absl::StrJoin(step.by_server, " "), "\n");
  }
}

void AppendTally(const Tally& tally, std::string& text) {
  const Stretch& stretch = tally.stretch;
  absl::StrAppend(&text, "stretch ", stretch.scenario, " ", stretch.policy, " ",
                  stretch.first_seed, " ", stretch.seeds, "\n");
  absl::StrAppend(&text, "counts ", tally.errors, " ", tally.attempts,
                  "\ncosts_s");
  for (const double cost_s : tally.costs_s) {
    absl::StrAppend(&text, " ", HexFloatText(cost_s));
  }
  absl::StrAppend(&text, "\nhistogram ", tally.costs.Line(), "\n");
  if (tally.timeline.has_value()) AppendTimeline(*tally.timeline, text);
}

}  // namespace

std::string ShardEnd(std::string_view all_before) {
  Fingerprint fingerprint;
  fingerprint.Add(all_before);
  return absl::StrCat("end ", HexText(fingerprint.value()), "\n");
}

std::string ShardText(const ContestPlan& plan, Shard shard,
                      const std::vector<Tally>& tallies) {
  std::string text =
      absl::StrCat(AbslView(kShardMagic), " ", kShardFormat, "\nshard ",
                   shard.number, " ", shard.count, "\n", HeadText(plan));
  for (const Tally& tally : tallies) AppendTally(tally, text);
  return absl::StrCat(text, ShardEnd(text));
}

}  // namespace els_sim
