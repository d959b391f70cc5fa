#pragma once

// Tables of text.

#include <cstddef>
#include <string>
#include <vector>

namespace els_sim {

using TextRow = std::vector<std::string>;

// The first `left` columns to the left, the others to the right; each line
// ended by a newline. REQUIRES: rows of the same length, at least one of each.
std::string RenderTable(const std::vector<TextRow>& rows, std::size_t left = 1);

// The same as a table of Markdown, the first row its heads: all columns to the
// left, and as wide as their widest cell, so that it reads as text as well.
// REQUIRES besides: no cell has a pipe or a newline.
std::string RenderMarkdown(std::vector<TextRow> rows);

}  // namespace els_sim
