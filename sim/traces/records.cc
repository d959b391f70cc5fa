#include "sim/traces/records.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/model/absl_view.h"

namespace els_sim {
namespace {

// Blank lines and comments do not count.
bool Counts(std::string_view line) {
  const absl::string_view text = absl::StripAsciiWhitespace(AbslView(line));
  return !text.empty() && text.front() != '#';
}

// The next line that counts.
absl::StatusOr<bool> NextLine(LineInput& input, std::string_view& line) {
  for (;;) {
    absl::StatusOr<bool> more = input.Next(line);
    if (!more.ok() || !*more || Counts(line)) return more;
  }
}

// Of a person whose numbers have commas: "0,5".
void MakeCommaAPoint(std::string& cell) {
  const std::size_t comma = cell.find(',');
  if (comma == cell.npos) return;
  double ignored = 0;
  std::string number = cell;
  number[comma] = '.';
  if (absl::SimpleAtod(number, &ignored)) cell = std::move(number);
}

class LinesOfTable final : public Records {
 public:
  LinesOfTable(LineInput input, char separator, std::size_t width,
               std::string head)
      : Records(std::move(input)),
        separator_(separator),
        width_(width),
        head_(std::move(head)) {}

  absl::StatusOr<bool> Next(Cells& cells) override {
    std::string_view line;
    do {
      absl::StatusOr<bool> more = NextLine(input_, line);
      if (!more.ok() || !*more) return more;
      first_ = input_.line_number();
    } while (!head_.empty() && line == head_);
    if (!SplitTable(line, separator_, cells)) {
      const absl::Status joined = Join(line, cells);
      if (!joined.ok()) return joined;
    }
    if (cells.size() == width_) return true;
    return absl::InvalidArgumentError(absl::StrCat("has ", cells.size(),
                                                   " columns, and not ", width_,
                                                   ": ", Quoted(line)));
  }

  std::size_t Place() const override { return first_; }

 private:
  // A cell between quotes may have several lines.
  absl::Status Join(std::string_view begin, Cells& cells) {
    std::string record(begin);
    std::string_view line;
    do {
      const absl::StatusOr<bool> more = input_.Next(line);
      if (!more.ok()) return more.status();
      if (!*more || record.size() > LineInput::kLongestLine) {
        return absl::DataLossError(
            absl::StrCat(input_.path(), ":", first_,
                         ": a quote is never closed: ", Quoted(record)));
      }
      absl::StrAppend(&record, "\n", AbslView(line));
    } while (line.find('"') == line.npos ||
             !SplitTable(record, separator_, cells));
    return absl::OkStatus();
  }

  const char separator_;
  const std::size_t width_;
  const std::string head_;
  std::size_t first_ = 0;  // Of the record's lines.
};

class LinesOfLog final : public Records {
 public:
  LinesOfLog(LineInput input, LogTemplate form)
      : Records(std::move(input)), form_(std::move(form)) {}

  absl::StatusOr<bool> Next(Cells& cells) override {
    std::string_view line;
    absl::StatusOr<bool> more = NextLine(input_, line);
    if (!more.ok() || !*more) return more;
    if (form_.Split(line, cells)) return true;
    return absl::InvalidArgumentError(
        absl::StrCat("is of another form: ", Quoted(line)));
  }

 private:
  const LogTemplate form_;
};

// Reads a cell up to the separator or the end. Returns its length in the line.
// Sets `in_quotes` if its quotes do not end.
std::size_t ReadCell(std::string_view line, char separator, std::string& cell,
                     bool& in_quotes) {
  std::size_t i = 0;
  for (; i < line.size() && (in_quotes || line[i] != separator); ++i) {
    const bool doubled = in_quotes && line.substr(i, 2) == "\"\"";
    if (line[i] != '"' || doubled) cell += line[i];
    if (doubled) {
      ++i;
    } else if (line[i] == '"') {
      in_quotes = !in_quotes;
    }
  }
  return i;
}

}  // namespace

bool SplitTable(std::string_view line, char separator, Cells& cells) {
  std::size_t count = 0;
  bool in_quotes = false;
  for (bool more = true; more; ++count) {
    if (count == cells.size()) cells.emplace_back();
    std::string& cell = cells[count];
    cell.clear();
    const std::size_t i = ReadCell(line, separator, cell, in_quotes);
    more = i < line.size();
    line.remove_prefix(std::min(i + 1, line.size()));
    absl::StripAsciiWhitespace(&cell);
    if (separator == ';') MakeCommaAPoint(cell);
  }
  cells.resize(count);
  return !in_quotes;
}

std::unique_ptr<Records> TableRecords(LineInput input, char separator,
                                      std::size_t width, std::string head) {
  return std::make_unique<LinesOfTable>(std::move(input), separator, width,
                                        std::move(head));
}

std::unique_ptr<Records> LogRecords(LineInput input, LogTemplate form) {
  return std::make_unique<LinesOfLog>(std::move(input), std::move(form));
}

}  // namespace els_sim
