#include "sim/results/text_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace els_sim {

namespace {

std::vector<std::size_t> Widths(const std::vector<TextRow>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const TextRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  return widths;
}

}  // namespace

std::string RenderTable(const std::vector<TextRow>& rows, std::size_t left) {
  const std::vector<std::size_t> widths = Widths(rows);
  std::string text;
  for (const TextRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      // A negative width is to the left.
      const int width = static_cast<int>(widths[i]);
      absl::StrAppendFormat(&text, "%s%*s", i == 0 ? "" : "  ",
                            i < left ? -width : width, row[i]);
    }
    text += '\n';
  }
  return text;
}

std::string RenderMarkdown(std::vector<TextRow> rows) {
  const std::vector<std::size_t> widths = Widths(rows);
  TextRow rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  rows.insert(rows.begin() + 1, std::move(rule));
  std::string text;
  for (const TextRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      absl::StrAppendFormat(&text, "| %*s ", -static_cast<int>(widths[i]),
                            row[i]);
    }
    text += "|\n";
  }
  return text;
}

}  // namespace els_sim
