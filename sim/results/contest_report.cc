#include "sim/results/contest_report.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/files/duration_text.h"
#include "sim/results/text_table.h"

namespace els_sim {
namespace {

std::string_view BaseName(const Contest& contest) {
  return contest.plan.policies[contest.plan.base]->name;
}

std::string Milliseconds(double seconds) {
  return absl::StrFormat("%.2f", 1e3 * seconds);
}

std::string IntervalText(const LogRatio& ratio) {
  if (!ratio.half_width.has_value()) return "-";
  return absl::StrFormat("[%.3f, %.3f]", ratio.Low(), ratio.High());
}

TextRow EntryRow(const Contest& contest, std::size_t scenario,
                 std::size_t policy) {
  const Entry& entry = contest.entries[scenario][policy];
  const bool is_base = policy == contest.plan.base;
  return {policy == 0 ? TitleOf(contest, scenario) : "",
          std::string(contest.plan.policies[policy]->name),
          Milliseconds(entry.mean_s),
          is_base ? "1" : absl::StrFormat("%.3f", entry.to_base.Ratio()),
          is_base ? "-" : IntervalText(entry.to_base),
          is_base ? "-" : std::string(ScoreText(entry.score)),
          Milliseconds(QuantileOf(entry, 990) / FractionalDuration(1e9)),
          absl::StrFormat("%.2f", 100 * ErrorRate(entry)),
          absl::StrFormat("%.2f", AttemptsPerRequest(entry))};
}

std::string EntriesText(const Contest& contest) {
  std::vector<TextRow> rows = {{"scenario", "policy", "cost ms", "ratio",
                                "95 % interval", std::string(BaseName(contest)),
                                "p99 ms", "errors %", "attempts"}};
  for (std::size_t i = 0; i < contest.plan.scenarios.size(); ++i) {
    for (std::size_t j = 0; j < contest.plan.policies.size(); ++j) {
      rows.push_back(EntryRow(contest, i, j));
    }
  }
  return RenderTable(rows, 2);
}

std::string StandingsText(const Contest& contest) {
  std::vector<TextRow> rows = {
      {"policy",
       absl::StrCat("to ", absl::string_view(BaseName(contest).data(),
                                             BaseName(contest).size())),
       "95 % interval", "to yardstick", "95 % interval", "WIN", "tie", "LOSS"}};
  for (std::size_t i = 0; i < contest.standings.size(); ++i) {
    const Standing& standing = contest.standings[i];
    const bool is_base = i == contest.plan.base;
    const auto& yardstick = standing.to_yardstick;
    rows.push_back(
        {std::string(contest.plan.policies[i]->name),
         absl::StrFormat("%.3f", standing.to_base.Ratio()),
         is_base ? "-" : IntervalText(standing.to_base),
         yardstick ? absl::StrFormat("%.3f", yardstick->Ratio()) : "-",
         yardstick ? IntervalText(*yardstick) : "-",
         is_base ? "-" : absl::StrCat(standing.wins),
         is_base ? "-" : absl::StrCat(standing.ties),
         is_base ? "-" : absl::StrCat(standing.losses)});
  }
  return RenderTable(rows);
}

// To yardsticks, or to others.
std::vector<std::string> Losses(const Contest& contest, bool to_yardsticks) {
  const ContestPlan& plan = contest.plan;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    for (std::size_t j = 0; j < plan.policies.size(); ++j) {
      const Entry& entry = contest.entries[i][j];
      if (entry.score != Score::kLoss) continue;
      if (IsYardstick(*plan.policies[j]) != to_yardsticks) continue;
      lines.push_back(absl::AsciiStrToUpper(
          absl::StrFormat("loss: %s, to %s: ratio %s", TitleOf(contest, i),
                          plan.policies[j]->name, RatioText(entry.to_base))));
    }
  }
  return lines;
}

std::string LossesText(const Contest& contest, bool to_yardsticks) {
  std::string text;
  for (const std::string& loss : Losses(contest, to_yardsticks)) {
    absl::StrAppend(&text, "  ", loss, "\n");
  }
  return text.empty() ? "  none\n" : text;
}

bool AnyYardstick(const Contest& contest) {
  const auto& policies = contest.plan.policies;
  return std::any_of(
      policies.begin(), policies.end(),
      [](const PolicyInfo* policy) { return IsYardstick(*policy); });
}

}  // namespace

std::string RenderContest(const Contest& contest) {
  const std::string_view base = BaseName(contest);
  std::string text = absl::StrFormat(
      "%s\n\nCost: mean over the requests of the time they took, and what the "
      "scenario\nadds for a failed one, 1 s if it does not say. Ratio: cost to "
      "that of %s, a\ngeometric mean over the seeds, with its 95 %% interval "
      "by Student's t. WIN: %s\ncosts less, LOSS: it costs more, by more than "
      "2 %%, and chance is unlikely:\none of all verdicts on a policy is wrong "
      "with at most 5 %% probability (Holm).\n%s\n\n%s",
      ContestTitle(contest), base, base, WarmUpText(contest),
      EntriesText(contest));
  absl::StrAppendFormat(
      &text,
      "\nGeometric means over the scenarios, of the ratio to %s and to the "
      "yardstick\n%s, and what %s has won and lost\n\n%s",
      base, Contest::kYardstick, base, StandingsText(contest));
  absl::StrAppendFormat(&text, "\nLosses of %s\n%s", base,
                        LossesText(contest, false));
  if (AnyYardstick(contest)) {
    absl::StrAppendFormat(
        &text, "\nLosses of %s to yardsticks, which know what it cannot\n%s",
        base, LossesText(contest, true));
  }
  return text;
}

std::vector<std::string> LossesOf(const Contest& contest) {
  return Losses(contest, false);
}

std::string TitleOf(const Contest& contest, std::size_t scenario) {
  const Scenario& titled = contest.plan.scenarios[scenario];
  const std::optional<double> load = LoadOf(titled);
  const auto& all = contest.plan.scenarios;
  const auto alike = std::count_if(
      all.begin(), all.end(),
      [&titled](const Scenario& each) { return each.name == titled.name; });
  if (alike < 2 || !load.has_value()) return titled.name;
  return absl::StrFormat("%s at %g", titled.name, *load);
}

std::string RatioText(const LogRatio& ratio) {
  std::string text = absl::StrFormat("%.3f", ratio.Ratio());
  if (!ratio.half_width.has_value()) return text;
  return absl::StrCat(text, " ", IntervalText(ratio));
}

std::string ContestTitle(const Contest& contest) {
  const ContestPlan& plan = contest.plan;
  const std::size_t others = plan.policies.size() - 1;
  return absl::StrFormat(
      "%s against %d polic%s in %d scenario%s, seeds %d to %d",
      BaseName(contest), others, others == 1 ? "y" : "ies",
      plan.scenarios.size(), plan.scenarios.size() == 1 ? "" : "s",
      plan.seeds.first, plan.seeds.first + (plan.seeds.count - 1));
}

std::string WarmUpText(const Contest& contest) {
  const ContestPlan& plan = contest.plan;
  const auto steady = std::count_if(
      plan.scenarios.begin(), plan.scenarios.end(),
      [&](const Scenario& each) { return IsSteady(each, plan.warm_up); });
  if (plan.warm_up == Duration::zero() || steady == 0) {
    return "Whole runs count, from the first request on.";
  }
  return absl::StrFormat(
      "The first %s of the %d steady scenarios do not count; of the others all "
      "does.",
      DurationText(plan.warm_up, " "), steady);
}

}  // namespace els_sim
