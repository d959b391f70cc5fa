#include "sim/results/contest_summary.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "els/portable_math.h"
#include "sim/results/contest_report.h"
#include "sim/results/text_table.h"

namespace els_sim {
namespace {

// The scenarios in which the base loses to the policy, the worst first.
std::vector<std::size_t> LostTo(const Contest& contest, std::size_t policy) {
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < contest.entries.size(); ++i) {
    if (contest.entries[i][policy].score == Score::kLoss) lost.push_back(i);
  }
  std::stable_sort(lost.begin(), lost.end(), [&](std::size_t a, std::size_t b) {
    return contest.entries[a][policy].to_base.mean <
           contest.entries[b][policy].to_base.mean;
  });
  return lost;
}

// The losses to policies that are no yardsticks, of one scenario.
struct LostThere {
  std::size_t scenario = 0;
  std::size_t count = 0;
  double log_ratios = 0;  // Their sum.
  double worst = 0;       // The lowest of them.
};

// Those of each scenario with a loss, most losses first.
std::vector<LostThere> LostByScenario(const Contest& contest) {
  std::vector<LostThere> lost;
  for (std::size_t i = 0; i < contest.entries.size(); ++i) {
    LostThere there = {.scenario = i};
    for (std::size_t j = 0; j < contest.plan.policies.size(); ++j) {
      const Entry& entry = contest.entries[i][j];
      if (entry.score != Score::kLoss) continue;
      if (IsYardstick(*contest.plan.policies[j])) continue;
      ++there.count;
      there.log_ratios += entry.to_base.mean;
      there.worst = std::min(there.worst, entry.to_base.mean);
    }
    if (there.count > 0) lost.push_back(there);
  }
  std::stable_sort(
      lost.begin(), lost.end(),
      [](const LostThere& a, const LostThere& b) { return a.count > b.count; });
  return lost;
}

// Of the base.
double ErrorRateIn(const Contest& contest, std::size_t scenario) {
  return ErrorRate(contest.entries[scenario][contest.plan.base]);
}

std::string LostByScenarioText(const Contest& contest,
                               const std::vector<LostThere>& lost) {
  std::vector<TextRow> rows = {
      {"scenario", "losses", "mean", "worst", "errors %"}};
  for (const LostThere& there : lost) {
    const double mean = there.log_ratios / static_cast<double>(there.count);
    rows.push_back(
        {TitleOf(contest, there.scenario), absl::StrCat(there.count),
         absl::StrFormat("%.3f", els::Exp(mean)),
         absl::StrFormat("%.3f", els::Exp(there.worst)),
         absl::StrFormat("%.2f", 100 * ErrorRateIn(contest, there.scenario))});
  }
  return RenderMarkdown(rows);
}

// How many verdicts there are of each kind, and where the losses are.
std::string CountsText(const Contest& contest) {
  // What ends badly in more than so many requests is not a matter of choice
  // alone: less is left than it takes.
  constexpr double kMuch = 0.01;
  std::size_t wins = 0;
  std::size_t ties = 0;
  std::size_t losses = 0;
  for (std::size_t i = 0; i < contest.plan.policies.size(); ++i) {
    if (i == contest.plan.base || IsYardstick(*contest.plan.policies[i])) {
      continue;
    }
    wins += contest.standings[i].wins;
    ties += contest.standings[i].ties;
    losses += contest.standings[i].losses;
  }
  const std::vector<LostThere> lost = LostByScenario(contest);
  std::size_t rows = 0;
  std::size_t among_errors = 0;
  for (const LostThere& there : lost) {
    if (ErrorRateIn(contest, there.scenario) <= kMuch) continue;
    ++rows;
    among_errors += there.count;
  }
  const std::string_view base = contest.plan.policies[contest.plan.base]->name;
  std::string text = absl::StrFormat(
      "Against all but yardsticks %s wins %d times, ties %d times and loses %d "
      "times.\n",
      base, wins, ties, losses);
  if (lost.empty()) return text;
  absl::StrAppendFormat(
      &text,
      "%d of the losses are in %d rows where more than %g %% of the requests "
      "of %s end\nbadly. By row, with the ratios of those losses and what ends "
      "badly of %s:\n\n%s",
      among_errors, rows, 100 * kMuch, base, base,
      LostByScenarioText(contest, lost));
  return text;
}

std::string LossText(const Contest& contest, std::size_t scenario,
                     std::size_t policy) {
  return absl::StrCat(TitleOf(contest, scenario), ": ",
                      RatioText(contest.entries[scenario][policy].to_base));
}

TextRow PolicyRow(const Contest& contest, std::size_t policy) {
  const PolicyInfo& info = *contest.plan.policies[policy];
  const Standing& standing = contest.standings[policy];
  const auto lost = LostTo(contest, policy);
  return {absl::StrFormat("%s%s", info.name,
                          IsYardstick(info) ? " (yardstick)" : ""),
          RatioText(standing.to_base),
          absl::StrFormat("%.3f", standing.p99_to_base),
          absl::StrCat(standing.wins),
          absl::StrCat(standing.ties),
          absl::StrCat(standing.losses),
          lost.empty() ? "none" : LossText(contest, lost.front(), policy)};
}

std::string TableText(const Contest& contest) {
  std::vector<TextRow> rows = {
      {"policy", "cost", "p99", "WIN", "tie", "LOSS", "worst loss"}};
  for (std::size_t i = 0; i < contest.plan.policies.size(); ++i) {
    if (i != contest.plan.base) rows.push_back(PolicyRow(contest, i));
  }
  return RenderMarkdown(rows);
}

std::string LossesText(const Contest& contest) {
  std::string text;
  for (std::size_t i = 0; i < contest.plan.policies.size(); ++i) {
    if (IsYardstick(*contest.plan.policies[i])) continue;
    for (const std::size_t scenario : LostTo(contest, i)) {
      absl::StrAppendFormat(&text, "- LOSS to %s in %s\n",
                            contest.plan.policies[i]->name,
                            LossText(contest, scenario, i));
    }
  }
  return text.empty() ? "- none\n" : text;
}

}  // namespace

std::string RenderSummary(const Contest& contest) {
  const std::string_view base = contest.plan.policies[contest.plan.base]->name;
  return absl::StrFormat(
      "%s\n\n"
      "Cost and p99: geometric means over the scenarios, each load counting as "
      "one, of\nthe policy's to that of %s, with the 95 %% interval over the "
      "seeds. WIN: %s\ncosts less, LOSS: it costs more, by more than 2 %% and "
      "surely.\n%s\n\n"
      "%s\n"
      "%s\n"
      "Losses of %s, but to yardsticks, which know what it cannot:\n\n%s",
      ContestTitle(contest), base, base, WarmUpText(contest),
      TableText(contest), CountsText(contest), base, LossesText(contest));
}

}  // namespace els_sim
