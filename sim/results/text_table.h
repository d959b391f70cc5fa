#pragma once

// Tables of text, for a terminal.

#include <cstddef>
#include <string>
#include <vector>

namespace els_sim {

using TextRow = std::vector<std::string>;

// The first `left` columns to the left, the others to the right; each line
// ended by a newline. REQUIRES: rows of the same length, at least one of each.
std::string RenderTable(const std::vector<TextRow>& rows, std::size_t left = 1);

}  // namespace els_sim
