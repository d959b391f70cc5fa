#include "sim/results/golden.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace els_sim {
namespace {

// Quoted, so that blanks at a line's end show.
std::string Quoted(const std::vector<std::string>& lines, std::size_t index) {
  return index < lines.size() ? absl::StrCat("'", lines[index], "'")
                              : "nothing";
}

}  // namespace

absl::Status WriteGolden(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (file.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

std::vector<std::string> CompareGolden(const std::string& path,
                                       std::string_view text) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) {
    return {absl::StrCat(path, ": cannot be read")};
  }
  std::ostringstream content;
  content << file.rdbuf();
  const std::vector<std::string> expected = absl::StrSplit(content.str(), '\n');
  const std::vector<std::string> actual =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  std::vector<std::string> differences;
  for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    if (i < expected.size() && i < actual.size() && expected[i] == actual[i]) {
      continue;
    }
    differences.push_back(absl::StrCat(path, ":", i + 1, ":\n  expected ",
                                       Quoted(expected, i), "\n  got      ",
                                       Quoted(actual, i)));
  }
  return differences;
}

}  // namespace els_sim
