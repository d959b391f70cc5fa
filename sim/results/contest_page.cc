#include "sim/results/contest_page.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/results/contest_page_parts.h"
#include "sim/results/contest_report.h"
#include "sim/results/html_text.h"

namespace els_sim {
namespace {

std::string Heads(const Contest& contest) {
  std::string html = "<thead><tr><th scope=\"col\">scenario</th>";
  for (const PolicyInfo* policy : contest.plan.policies) {
    absl::StrAppendFormat(&html, "<th scope=\"col\">%s</th>",
                          EscapeHtml(policy->name));
  }
  return html + "</tr></thead>\n";
}

// The base's cost, and the others' ratio to it.
std::string Cell(const Contest& contest, std::size_t scenario,
                 std::size_t policy) {
  const Entry& entry = contest.entries[scenario][policy];
  if (policy == contest.plan.base) {
    return absl::StrFormat("<td class=\"base\">%.2f ms</td>",
                           1e3 * entry.mean_s);
  }
  const std::string_view score = ScoreText(entry.score);
  return absl::StrFormat("<td class=\"%s\">%s %s</td>", score,
                         RatioText(entry.to_base), score);
}

std::string EntriesHtml(const Contest& contest) {
  std::string html = Heads(contest) + "<tbody>\n";
  for (std::size_t i = 0; i < contest.plan.scenarios.size(); ++i) {
    absl::StrAppendFormat(&html, "<tr><th scope=\"row\">%s</th>",
                          EscapeHtml(TitleOf(contest, i)));
    for (std::size_t j = 0; j < contest.plan.policies.size(); ++j) {
      html += Cell(contest, i, j);
    }
    html += "</tr>\n";
  }
  return html + "</tbody>";
}

std::string StandingRow(const Contest& contest, std::size_t policy) {
  const Standing& standing = contest.standings[policy];
  const bool is_base = policy == contest.plan.base;
  return absl::StrFormat(
      "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s"
      "</td></tr>\n",
      EscapeHtml(contest.plan.policies[policy]->name),
      is_base ? "1" : RatioText(standing.to_base),
      is_base ? "1" : absl::StrFormat("%.3f", standing.p99_to_base),
      standing.to_yardstick ? RatioText(*standing.to_yardstick) : "-",
      is_base ? "-"
              : absl::StrFormat("%d / %d / %d", standing.wins, standing.ties,
                                standing.losses));
}

std::string StandingsHtml(const Contest& contest) {
  const std::string base =
      EscapeHtml(contest.plan.policies[contest.plan.base]->name);
  std::string html = absl::StrFormat(
      "<thead><tr><th scope=\"col\">policy</th><th scope=\"col\">cost to that "
      "of %s</th><th scope=\"col\">p99</th><th scope=\"col\">cost to that of "
      "%s</th><th scope=\"col\">%s wins "
      "/ ties / losses</th></tr></thead>\n<tbody>\n",
      base, Contest::kYardstick, base);
  for (std::size_t i = 0; i < contest.standings.size(); ++i) {
    html += StandingRow(contest, i);
  }
  return html + "</tbody>";
}

std::string LossesHtml(const Contest& contest) {
  std::string html;
  for (const std::string& loss : LossesOf(contest)) {
    absl::StrAppendFormat(&html, "<li>%s</li>\n", EscapeHtml(loss));
  }
  return html.empty() ? "<li>none</li>" : html;
}

}  // namespace

std::string ContestPage(const Contest& contest) {
  return Fill(
      kContestPageHtml,
      {{"css", std::string(kContestPageCss)},
       {"title", EscapeHtml(ContestTitle(contest))},
       {"base", EscapeHtml(contest.plan.policies[contest.plan.base]->name)},
       {"seed", absl::StrCat(contest.plan.seeds.first)},
       {"warm_up", EscapeHtml(WarmUpText(contest))},
       {"losses", LossesHtml(contest)},
       {"standings", StandingsHtml(contest)},
       {"entries", EntriesHtml(contest)},
       {"chart_js", EscapeScript(kChartJs)},
       {"data", EscapeJson(ContestPageData(contest))},
       {"js", EscapeScript(absl::StrCat(std::string(kPageChartsJs),
                                        std::string(kContestPageJs)))}});
}

}  // namespace els_sim
