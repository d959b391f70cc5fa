#include "sim/traces/log_template.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "sim/model/absl_view.h"
#include "sim/traces/input.h"

namespace els_sim {
namespace {

bool IsNameChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Whether the blank at `place` is within a list: "0.050, 0.075 : 0.010".
bool IsInList(std::string_view line, std::size_t place) {
  if (place == 0) return false;
  if (line.substr(place, 3) == " : ") return true;
  if (line[place - 1] == ',') return true;
  return place > 1 && line.substr(place - 2, 3) == " : ";
}

// Where a word ends that neither quotes nor brackets enclose.
std::size_t EndOfWord(std::string_view line) {
  std::size_t end = line.find(' ');
  while (end != line.npos && IsInList(line, end)) end = line.find(' ', end + 1);
  return std::min(end, line.size());
}

// Where a quoted text ends: quotes in it have backslashes before them.
std::size_t EndOfQuoted(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      return i;
    }
  }
  return line.npos;
}

}  // namespace

std::size_t EndOfVariable(std::string_view line, std::string_view before,
                          std::string_view after) {
  if (before.ends_with('"')) return EndOfQuoted(line);
  const bool is_open = before.ends_with('[') || after.starts_with('|');
  if (is_open) return line.find(after);
  const std::size_t end = EndOfWord(line);
  if (after.empty() || after.starts_with(' ')) return end;
  const std::size_t found = line.find(after);
  return found < end ? found : line.npos;
}

absl::StatusOr<LogTemplate> LogTemplate::Parse(std::string_view text) {
  LogTemplate parsed;
  parsed.text_ = text;
  std::string between;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      between += text[i++];
      continue;
    }
    const bool braces = text.substr(i + 1).starts_with('{');
    const std::size_t begin = i + (braces ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && IsNameChar(text[end])) ++end;
    const bool closed = !braces || text.substr(end).starts_with('}');
    if (end == begin || !closed || (between.empty() && i > 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a log's template needs names after $, and text "
                       "between two of them; not ",
                       Quoted(text.substr(i))));
    }
    parsed.names_.emplace_back(text.substr(begin, end - begin));
    parsed.before_.push_back(std::exchange(between, {}));
    i = end + (braces ? 1 : 0);
  }
  if (parsed.names_.empty()) {
    return absl::InvalidArgumentError("a log's template needs a $name");
  }
  parsed.after_ = std::move(between);
  return parsed;
}

bool LogTemplate::Split(std::string_view line,
                        std::vector<std::string>& cells) const {
  if (SplitAll(line, cells)) return true;
  // As syslog has it: "Oct  7 15:59:12 host haproxy[14389]: ".
  constexpr std::size_t kLongestHead = 200;
  const std::size_t head = line.substr(0, kLongestHead).find(": ");
  return head != line.npos && SplitAll(line.substr(head + 2), cells);
}

bool LogTemplate::SplitAll(std::string_view line,
                           std::vector<std::string>& cells) const {
  cells.resize(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (i + 1 == names_.size() && names_[i] == "rest") {
      cells[i] = line;
      const std::string_view before = before_[i];
      return line.starts_with(before) ||
             (before.ends_with(' ') &&
              line == before.substr(0, before.size() - 1));
    }
    if (!line.starts_with(before_[i])) return false;
    line.remove_prefix(before_[i].size());
    const bool is_last = i + 1 == names_.size();
    const std::size_t end =
        EndOfVariable(line, before_[i], is_last ? after_ : before_[i + 1]);
    if (end == line.npos) return false;
    cells[i] = line.substr(0, end);
    line.remove_prefix(end);
  }
  return line == after_;
}

}  // namespace els_sim
