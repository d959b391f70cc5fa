#include "sim/results/text_table.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace els_sim {

std::string RenderTable(const std::vector<TextRow>& rows, std::size_t left) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const TextRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
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

}  // namespace els_sim
