#include "sim/results/contest_summary.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
      "Losses of %s, but to yardsticks, which know what it cannot:\n\n%s",
      ContestTitle(contest), base, base, WarmUpText(contest),
      TableText(contest), base, LossesText(contest));
}

}  // namespace els_sim
