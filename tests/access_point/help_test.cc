// --help and docs/access-point.md have the same flags, with the same defaults.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "examples/access_point/options.h"

namespace access_point {
namespace {

struct Flag {
  std::string name;   // With that of its value, if it has one.
  std::string value;  // By default; empty if there is none.

  friend bool operator==(const Flag&, const Flag&) = default;
  friend void PrintTo(const Flag& flag, std::ostream* out) {
    *out << flag.name << " (" << flag.value << ")";
  }
};

bool IsNameOfValue(const std::string& word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == ':'; });
}

// The default stands in parentheses at the end of a flag's text.
std::string DefaultIn(const std::string& text) {
  if (!text.ends_with(')')) return "";
  const std::size_t begin = text.rfind('(') + 1;
  return text.substr(begin, text.size() - 1 - begin);
}

// A flag begins its line; its text may go on in the next ones.
std::vector<Flag> FlagsOfHelp() {
  std::istringstream lines(HelpText());
  std::vector<std::string> texts;
  for (std::string line; std::getline(lines, line);) {
    const bool begins = line.starts_with("  --");
    if (begins) texts.emplace_back();
    if (texts.empty()) continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) texts.back() += word + " ";
  }
  std::vector<Flag> flags;
  for (std::string& text : texts) {
    text.pop_back();
    std::istringstream words(text);
    std::string name, value;
    words >> name >> value;
    if (IsNameOfValue(value)) name += " " + value;
    flags.push_back({name, DefaultIn(text)});
  }
  return flags;
}

std::string Trimmed(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(
      cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
}

// The first two cells of each row that begins with a flag.
std::vector<Flag> FlagsOfGuide() {
  std::ifstream file(ELS_ACCESS_POINT_GUIDE);
  std::vector<Flag> flags;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `--")) continue;
    const std::size_t name_end = line.find("` |");
    const std::size_t value = name_end + 3;
    flags.push_back({line.substr(3, name_end - 3),
                     Trimmed(std::string_view(line).substr(
                         value, line.find('|', value) - value))});
  }
  return flags;
}

TEST(Help, HasTheFlagsAndDefaultsOfTheGuide) {
  const std::vector<Flag> flags = FlagsOfHelp();
  EXPECT_GE(flags.size(), 20u);
  EXPECT_EQ(flags, FlagsOfGuide());
}

}  // namespace
}  // namespace access_point
