#include "sim/files/trace_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/files/checker.h"
#include "sim/files/duration_text.h"

namespace els_sim {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text), "\"");
}

// So many of a unit, 0 or more. Decimals are exact to the nanosecond, which
// seconds since 1970 would not be as a double.
std::optional<Duration> TimeIn(absl::string_view text, std::int64_t unit_ns) {
  const char* const unit = unit_ns == kSecondNs          ? "s"
                           : unit_ns == kSecondNs / 1000 ? "ms"
                                                         : "us";
  const auto exact = ParseDuration(absl::StrCat(text, unit));
  if (exact.has_value()) return exact;
  double number = 0;
  if (!absl::SimpleAtod(text, &number)) return std::nullopt;
  const double ns = number * static_cast<double>(unit_ns);
  // Two centuries since 1970, in which every Duration has room.
  constexpr double kMost = 6.3e18;
  if (!(ns >= 0 && ns <= kMost)) return std::nullopt;
  return Duration(std::llround(ns));
}

void Split(absl::string_view line, std::vector<absl::string_view>& cells) {
  cells.clear();
  for (;;) {
    const std::size_t end = line.find(',');
    cells.push_back(absl::StripAsciiWhitespace(line.substr(0, end)));
    if (end == line.npos) return;
    line.remove_prefix(end + 1);
  }
}

bool IsNumber(absl::string_view text) {
  double ignored = 0;
  return absl::SimpleAtod(text, &ignored);
}

}  // namespace

TraceReader::TraceReader(const std::string& path, std::ifstream file)
    : path_(path), file_(std::move(file)) {}

absl::StatusOr<TraceReader> TraceReader::Open(const std::string& path,
                                              const TraceColumns& columns) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (!file.good()) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  TraceReader reader(path, std::move(file));
  reader.size_ = error ? 0 : size;
  absl::Status read = reader.ReadHead(columns);
  if (!read.ok()) return read;
  return reader;
}

bool TraceReader::ReadLine() {
  while (std::getline(file_, line_)) {
    ++line_number_;
    position_ += line_.size() + 1;
    const absl::string_view line = absl::StripAsciiWhitespace(line_);
    if (!line.empty() && line.front() != '#') return true;
  }
  return false;
}

absl::Status TraceReader::ReadHead(const TraceColumns& columns) {
  if (!ReadLine()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ": has no line"));
  }
  Split(line_, cells_);
  width_ = cells_.size();
  std::vector<std::string> names(cells_.begin(), cells_.end());
  Column ignored;
  const bool named = std::any_of(names.begin(), names.end(),
                                 [&ignored](const std::string& name) {
                                   return KindOf(name, ignored).has_value();
                                 });
  again_ = !named;
  if (!columns.names.empty()) {
    if (columns.names.size() != width_) {
      return Error(absl::StrCat("has ", width_, " columns, not the ",
                                columns.names.size(), " that were named"));
    }
    names = columns.names;
    // A first line of words names columns, if not ours.
    again_ = again_ && std::any_of(cells_.begin(), cells_.end(), IsNumber);
  } else if (!named) {
    if (width_ != 1 || !IsNumber(cells_.front())) {
      return Error(
          absl::StrCat("names no column of a trace, such as time_s or "
                       "latency_s: ",
                       Quoted(line_)));
    }
    names = {"latency_ms"};
  }
  absl::Status status = NameColumns(names);
  status.Update(NameNumbers(names, columns.numbers));
  return status;
}

std::optional<TraceReader::Kind> TraceReader::KindOf(const std::string& name,
                                                     Column& column) {
  struct Known {
    absl::string_view name;
    Kind kind;
    std::int64_t unit_ns;
  };
  static constexpr Known kKnown[] = {
      {"time_s", kTime, kSecondNs},
      {"time_ms", kTime, kSecondNs / 1000},
      {"time_us", kTime, kSecondNs / 1'000'000},
      {"time", kTime, 0},
      {"timestamp", kTime, 0},
      {"latency_s", kLatency, kSecondNs},
      {"latency_ms", kLatency, kSecondNs / 1000},
      {"latency_us", kLatency, kSecondNs / 1'000'000},
      {"size", kSize, 0},
      {"key", kKey, 0},
      {"outcome", kOutcome, 0},
      {"backend", kBackend, 0},
      {"attempt", kAttempt, 0},
  };
  const std::string lower = absl::AsciiStrToLower(name);
  for (const Known& known : kKnown) {
    if (known.name != lower) continue;
    column.name = name;
    column.unit_ns = known.unit_ns;
    return known.kind;
  }
  return std::nullopt;
}

absl::Status TraceReader::NameColumns(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    Column column = {.place = i};
    const std::optional<Kind> kind = KindOf(names[i], column);
    if (!kind.has_value()) continue;
    if (At(*kind).has_value()) {
      return Error(absl::StrCat(Quoted(At(*kind)->name), " and ",
                                Quoted(names[i]),
                                " say the same; only one "
                                "may be there"));
    }
    columns_[*kind] = std::move(column);
  }
  return absl::OkStatus();
}

absl::Status TraceReader::NameNumbers(const std::vector<std::string>& names,
                                      const std::vector<std::string>& wanted) {
  for (const std::string& name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return Error(absl::StrCat("there is no column ", Quoted(name),
                                "; the columns are ",
                                absl::CHexEscape(absl::StrJoin(names, ","))));
    }
    numbers_.push_back(
        {.place = static_cast<std::size_t>(found - names.begin()),
         .name = name});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<TraceRow>> TraceReader::Next() {
  if (!again_ && !ReadLine()) {
    if (!file_.bad()) return std::optional<TraceRow>();
    return absl::NotFoundError(absl::StrCat(path_, ": cannot be read"));
  }
  again_ = false;
  Split(line_, cells_);
  if (cells_.size() != width_) {
    return Error(absl::StrCat("has ", cells_.size(),
                              " columns; the first line has ", width_));
  }
  TraceRow row;
  absl::Status read = Read(row);
  if (!read.ok()) return read;
  return std::optional<TraceRow>(std::move(row));
}

absl::Status TraceReader::Read(TraceRow& row) {
  const absl::string_view key = Cell(At(kKey));
  const absl::string_view backend = Cell(At(kBackend));
  row.key = {key.data(), key.size()};
  row.backend = {backend.data(), backend.size()};
  absl::Status status = ReadTime(row);
  status.Update(ReadOutcome(row));
  status.Update(ReadNumbers(row));
  return status;
}

absl::Status TraceReader::ReadTime(TraceRow& row) {
  if (!has_times()) return absl::OkStatus();
  const Column& column = *At(kTime);
  const absl::string_view cell = Cell(column);
  const std::optional<Duration> time =
      column.unit_ns == 0 ? ParseTimestamp({cell.data(), cell.size()})
                          : TimeIn(cell, column.unit_ns);
  if (!time.has_value()) {
    return Error(column, column.unit_ns == 0
                             ? "timestamp such as 2023-11-16T18:15:46.68Z"
                             : "number of 0 or more");
  }
  if (!first_time_.has_value()) first_time_ = *time;
  row.time = *time - *first_time_;
  if (row.time < latest_) {
    return Error(absl::StrCat(column.name, ": ", Quoted(cell), " is ",
                              DurationText(latest_ - row.time),
                              " before a line above it; sort the file"));
  }
  if (row.time > kLongest) {
    return Error(absl::StrCat(column.name, ": ", Quoted(cell),
                              " is more than a day after the first line's"));
  }
  latest_ = row.time;
  return absl::OkStatus();
}

absl::Status TraceReader::ReadOutcome(TraceRow& row) const {
  using els::Outcome;
  const absl::string_view cell = Cell(At(kOutcome));
  if (cell == "failure") {
    row.outcome = Outcome::kFailure;
  } else if (cell == "timeout") {
    row.outcome = Outcome::kTimeout;
  } else if (cell == "cancelled") {
    row.outcome = Outcome::kCancelled;
  } else if (!cell.empty() && cell != "success") {
    return Error(*At(kOutcome),
                 "outcome: success, failure, timeout or cancelled");
  }
  return absl::OkStatus();
}

absl::Status TraceReader::ReadNumbers(TraceRow& row) const {
  const absl::string_view latency = Cell(At(kLatency));
  if (!latency.empty()) {
    row.latency = TimeIn(latency, At(kLatency)->unit_ns);
    if (!row.latency.has_value() || *row.latency > kLongest) {
      return Error(*At(kLatency), "number of 0 or more, and at most a day");
    }
  }
  const absl::string_view size = Cell(At(kSize));
  if (!size.empty() && (!absl::SimpleAtod(size, &row.size.emplace()) ||
                        !(*row.size > 0 && *row.size <= kHuge))) {
    return Error(*At(kSize), "number above 0 and at most 1e9");
  }
  const absl::string_view attempt = Cell(At(kAttempt));
  if (!attempt.empty() && (!absl::SimpleAtoi(attempt, &row.attempt) ||
                           row.attempt == 0 || row.attempt > kMaxRetries)) {
    return Error(*At(kAttempt), "number from 1 to 100");
  }
  for (const Column& column : numbers_) {
    double& number = row.numbers.emplace_back();
    if (!absl::SimpleAtod(cells_[column.place], &number) ||
        !(number >= 0 && number <= kHuge)) {
      return Error(column, "number from 0 to 1e9");
    }
  }
  return absl::OkStatus();
}

absl::string_view TraceReader::Cell(const std::optional<Column>& column) const {
  return column.has_value() ? cells_[column->place] : absl::string_view();
}

absl::Status TraceReader::Error(const std::string& what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(path_, ":", line_number_, ": ", what));
}

absl::Status TraceReader::Error(const Column& column,
                                absl::string_view what) const {
  return Error(absl::StrCat(column.name, ": ", Quoted(cells_[column.place]),
                            " is no ", what));
}

}  // namespace els_sim
