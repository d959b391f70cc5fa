#include "sim/tuning/tune_page.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "els/options_text.h"
#include "sim/results/contest_page_parts.h"
#include "sim/results/html_text.h"
#include "sim/results/text_table.h"
#include "sim/tuning/tune_page_parts.h"
#include "sim/tuning/tune_report.h"

namespace els_sim {
namespace {

// The first row are the heads, the first of each row is its name.
std::string TableHtml(const std::vector<TextRow>& rows) {
  std::string html = "<thead><tr>";
  for (const std::string& head : rows.front()) {
    absl::StrAppendFormat(&html, "<th scope=\"col\">%s</th>", EscapeHtml(head));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 1; i < rows.size(); ++i) {
    absl::StrAppendFormat(&html, "<tr><th scope=\"row\">%s</th>",
                          EscapeHtml(rows[i].front()));
    for (std::size_t j = 1; j < rows[i].size(); ++j) {
      const std::string& cell = rows[i][j];
      const bool loud = cell == "LOSS";
      absl::StrAppendFormat(&html, "<td%s>%s</td>",
                            loud ? " class=\"LOSS\"" : "", EscapeHtml(cell));
    }
    html += "</tr>\n";
  }
  return html + "</tbody>";
}

std::string ConstraintsHtml(const TunePlan& plan, const TuneResult& result) {
  std::string html;
  for (const std::string& line : BrokenConstraints(plan, result)) {
    absl::StrAppendFormat(&html, "<li>%s</li>\n", EscapeHtml(line));
  }
  return html.empty() ? "<li>all kept</li>\n" : html;
}

}  // namespace

std::string TunePage(const TunePlan& plan, const TuneResult& result) {
  const auto options =
      WithValues(plan.start, plan.options, result.points[result.chosen].values);
  return Fill(
      kTunePageHtml,
      {{"css", std::string(kContestPageCss)},
       {"title", EscapeHtml(TuneTitle(plan))},
       {"verdict", EscapeHtml(TuneVerdict(plan, result))},
       {"yardstick", EscapeHtml(plan.yardstick->name)},
       {"slack", absl::StrFormat("%g", 100 * plan.slack)},
       {"worst_weight", absl::StrFormat("%g", plan.worst_weight)},
       {"few_seeds", absl::StrCat(RungOf(plan, 0).seeds)},
       {"seeds", absl::StrCat(plan.seeds)},
       {"options", TableHtml(OptionTable(plan, result))},
       {"scenarios", TableHtml(ScenarioTable(plan, result))},
       {"constraints", ConstraintsHtml(plan, result)},
       {"pareto", TableHtml(ParetoTable(plan, result))},
       {"file", EscapeHtml(els::PrintOptions(options.value_or(plan.start)))},
       {"chart_js", EscapeScript(kChartJs)},
       {"data", EscapeJson(TunePageData(plan, result))},
       {"js", EscapeScript(absl::StrCat(std::string(kPageChartsJs),
                                        std::string(kTunePageJs)))}});
}

}  // namespace els_sim
