#include "sim/tuning/tune_report.h"

#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "els/options_text.h"
#include "els/portable_math.h"
#include "sim/results/contest_report.h"

namespace els_sim {
namespace {

const TunePoint& Chosen(const TuneResult& result) {
  return result.points[result.chosen];
}

std::string Milliseconds(double ms) { return absl::StrFormat("%.2f", ms); }
std::string Percent(double part) { return absl::StrFormat("%.3f", 100 * part); }
std::string Ratio(double log_ratio) {
  return absl::StrFormat("%.3f", els::Exp(log_ratio));
}

// Those that differ from the start: of many options most may not.
std::string ChangesText(const TunePlan& plan, const Values& values) {
  std::vector<TunedOption> options;
  Values changed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == plan.options[i].start) continue;
    options.push_back(plan.options[i]);
    changed.push_back(values[i]);
  }
  return changed.empty() ? "the start" : ValuesText(options, changed);
}

std::string ChangeText(const std::optional<Change>& change) {
  return change.has_value() ? RatioText(change->cost) : "-";
}

// Where half or twice of an option changes most.
std::string MostText(const TunePlan& plan, const Sensitivity& sensitivity) {
  const Change* most = nullptr;
  for (const auto* change : {&sensitivity.half, &sensitivity.twice}) {
    if (!change->has_value()) continue;
    if (most != nullptr &&
        std::abs((*change)->there.mean) <= std::abs(most->there.mean)) {
      continue;
    }
    most = &**change;
  }
  if (most == nullptr) return "-";
  return absl::StrFormat("%s %s", plan.scenarios[most->scenario].scenario.name,
                         RatioText(most->there));
}

TextRow MeanRow(const TuneResult& result, Role role) {
  const auto& mean = result.by_role[static_cast<std::size_t>(role)];
  return {"all of these",
          std::string(RoleText(role)),
          "",
          "",
          "",
          mean.has_value() ? RatioText(*mean) : "-",
          "",
          "",
          "",
          "",
          "",
          ""};
}

TextRow ScenarioRow(const TunePlan& plan, const TuneResult& result,
                    std::size_t scenario) {
  const TuneScenario& what = plan.scenarios[scenario];
  const FinalRow& row = result.rows[scenario];
  return {what.scenario.name,
          std::string(RoleText(what.role)),
          what.family,
          Milliseconds(row.start_ms),
          Milliseconds(row.tuned_ms),
          RatioText(row.to_start),
          std::string(ScoreText(row.score)),
          absl::StrFormat("%.3f", row.to_yardstick.Ratio()),
          Milliseconds(row.start_p99_ms),
          Milliseconds(row.tuned_p99_ms),
          Percent(row.start_errors),
          Percent(row.tuned_errors)};
}

std::string NamesOf(const TunePlan& plan) {
  return absl::StrJoin(plan.options, ", ",
                       [](std::string* out, const TunedOption& option) {
                         out->append(option.name);
                       });
}

}  // namespace

std::string TuneTitle(const TunePlan& plan) {
  const std::size_t options = plan.options.size();
  const std::size_t scenarios = ScenariosOf(plan, Role::kTrain).size();
  return absl::StrFormat(
      "%d option%s over %d scenario%s, seeds %d to %d, yardstick %s", options,
      options == 1 ? "" : "s", scenarios, scenarios == 1 ? "" : "s",
      plan.first_seed, plan.first_seed + 2 * plan.seeds - 1,
      plan.yardstick->name);
}

std::string TuneVerdict(const TunePlan& plan, const TuneResult& result) {
  if (result.chosen == 0) {
    return "Nothing was found that is better than the start by more than a "
           "standard error and 0.1 %.";
  }
  const double gain = Chosen(result).judgement.log_cost -
                      result.points.front().judgement.log_cost;
  return absl::StrFormat(
      "Tuned: %s. In the search it costs %s times as much as the start, with "
      "seeds that the search has not seen %s times.",
      ChangesText(plan, Chosen(result).values), Ratio(gain),
      RatioText(*result.by_role.front()));
}

std::vector<TextRow> OptionTable(const TunePlan& plan,
                                 const TuneResult& result) {
  std::vector<TextRow> rows = {{"option", "scale", "range", "start", "tuned",
                                "cost at half of it", "cost at twice",
                                "most, of these, in"}};
  for (std::size_t i = 0; i < plan.options.size(); ++i) {
    const TunedOption& option = plan.options[i];
    rows.push_back({option.name, std::string(ScaleText(option.scale)),
                    absl::StrCat(ValueText(option, option.low), " to ",
                                 ValueText(option, option.high)),
                    ValueText(option, option.start),
                    ValueText(option, Chosen(result).values[i]),
                    ChangeText(result.sensitivities[i].half),
                    ChangeText(result.sensitivities[i].twice),
                    MostText(plan, result.sensitivities[i])});
  }
  return rows;
}

std::vector<TextRow> ScenarioTable(const TunePlan& plan,
                                   const TuneResult& result) {
  std::vector<TextRow> rows = {{"scenario", "role", "family", "start ms",
                                "tuned ms", "tuned to start", "tuned",
                                "to yardstick", "start p99", "tuned p99",
                                "start errors %", "tuned errors %"}};
  for (const Role role : {Role::kTrain, Role::kConstraint, Role::kHoldOut}) {
    const std::vector<std::size_t> scenarios = ScenariosOf(plan, role);
    for (const std::size_t scenario : scenarios) {
      rows.push_back(ScenarioRow(plan, result, scenario));
    }
    if (scenarios.size() > 1) rows.push_back(MeanRow(result, role));
  }
  return rows;
}

std::vector<TextRow> ParetoTable(const TunePlan& plan,
                                 const TuneResult& result) {
  std::vector<TextRow> rows = {{"options that are not the start's", "found by",
                                "cost to yardstick", "p99 to yardstick",
                                "errors %"}};
  for (const std::size_t place : result.pareto) {
    const TunePoint& point = result.points[place];
    rows.push_back(
        {absl::StrCat(ChangesText(plan, point.values),
                      place == result.chosen ? " (tuned)" : ""),
         std::string(StageText(point.stage)), Ratio(point.judgement.log_cost),
         Ratio(point.judgement.log_p99), Percent(point.judgement.error_rate)});
  }
  return rows;
}

std::vector<std::string> BrokenConstraints(const TunePlan& plan,
                                           const TuneResult& result) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    const FinalRow& row = result.rows[i];
    const TuneScenario& what = plan.scenarios[i];
    if (what.role == Role::kHoldOut || !(row.violation > 0)) continue;
    lines.push_back(absl::StrFormat(
        "BROKEN in %s: cost %s times the start's, errors %s %% after %s %%",
        what.scenario.name, RatioText(row.to_start), Percent(row.tuned_errors),
        Percent(row.start_errors)));
  }
  return lines;
}

std::string RenderTune(const TunePlan& plan, const TuneResult& result) {
  std::string text = absl::StrFormat("%s\n\n%s\n\n", TuneTitle(plan),
                                     TuneVerdict(plan, result));
  absl::StrAppend(&text, RenderTable(OptionTable(plan, result), 2));
  absl::StrAppend(&text, "\nWith seeds that the search has not seen\n",
                  RenderTable(ScenarioTable(plan, result), 3));
  absl::StrAppendFormat(&text,
                        "\nConstraints (at most %g %% worse than the start)\n",
                        100 * plan.slack);
  for (const std::string& line : BrokenConstraints(plan, result)) {
    absl::StrAppend(&text, line, "\n");
  }
  if (BrokenConstraints(plan, result).empty()) text += "all kept\n";
  absl::StrAppend(&text, "\nPareto set of cost, p99 and errors\n",
                  RenderTable(ParetoTable(plan, result), 2));
  return text;
}

std::string TunedOptionsText(const TunePlan& plan, const TuneResult& result,
                             const std::vector<std::string>& arguments) {
  const auto options =
      WithValues(plan.start, plan.options, Chosen(result).values);
  const std::string command = absl::CEscape(absl::StrJoin(arguments, " "));
  return absl::StrCat("# Tuned by: els-sim tune ", command,
                      "\n# Searched: ", NamesOf(plan), ".\n",
                      els::PrintOptions(options.value_or(plan.start)));
}

}  // namespace els_sim
