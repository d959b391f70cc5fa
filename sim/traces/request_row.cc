#include "sim/traces/request_row.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "sim/files/checker.h"
#include "sim/model/absl_view.h"

namespace els_sim {
namespace {

using els::Outcome;

absl::Status WrongCell(const KnownColumn& column, std::string_view cell,
                       std::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(
      column.name, ": ", Quoted(cell), " is no ", AbslView(wanted)));
}

// Of "0.050, 0.075 : 0.010", as nginx writes tries and internal redirects.
std::vector<std::string> ListOf(const std::string& cell) {
  if (cell.find(',') == cell.npos && cell.find(" : ") == cell.npos) {
    return {cell};
  }
  std::vector<std::string> parts =
      absl::StrSplit(absl::StrReplaceAll(cell, {{" : ", ","}}), ',');
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  return parts;
}

bool AreAbsent(const std::vector<std::string>& parts) {
  return std::all_of(parts.begin(), parts.end(),
                     [](const std::string& part) { return IsAbsent(part); });
}

std::string_view WantedLatency(std::int64_t unit_ns) {
  return unit_ns != 0 ? "number of 0 or more, and at most a day"
                      : "time with its unit, such as 12ms; if the unit is ms, "
                        "give --columns latency_ms=COLUMN";
}

absl::StatusOr<Outcome> OutcomeIn(const KnownColumn& column,
                                  const std::string& cell) {
  if (column.role == ColumnRole::kFlags) return OutcomeOfFlags(cell);
  if (column.role == ColumnRole::kTermination) return OutcomeOfEnd(cell);
  const std::optional<Outcome> outcome = ParseOutcome(cell);
  if (outcome.has_value()) return *outcome;
  return WrongCell(column, cell,
                   "outcome: success, failure, timeout or cancelled, or a "
                   "status of HTTP");
}

}  // namespace

Duration RequestRow::Took() const {
  Duration sum = {};
  for (const RequestTry& one : tries) sum += one.latency.value_or(Duration());
  return sum;
}

RowReader::RowReader(const Recognised& known) : known_(known) {
  for (const KnownColumn& column : known.columns) {
    columns_[static_cast<std::size_t>(column.role)].push_back(&column);
  }
}

const std::string* RowReader::CellOf(ColumnRole role,
                                     const Cells& cells) const {
  return Has(role) ? &cells[At(role).front()->place] : nullptr;
}

absl::StatusOr<std::string> RowReader::Read(const Cells& cells,
                                            RequestRow& row) {
  const RecordFilter& filter = known_.filter;
  if (!filter.column.empty() &&
      cells[known_.filter_place].starts_with(filter.text) != filter.keeps) {
    return absl::StrCat("with ", filter.keeps ? "another " : "such a ",
                        AbslView(filter.column));
  }
  const std::string* const backend = CellOf(ColumnRole::kBackend, cells);
  if (backend != nullptr &&
      (IsAbsent(*backend) || backend->ends_with('>'))) {  // haproxy/<NOSRV>
    return std::string("without a backend");
  }
  Instant time;
  absl::Status status = ReadTime(cells, time);
  status.Update(ReadTries(cells, row));
  status.Update(ReadNumbers(cells, row));
  if (!status.ok()) return status;
  const absl::StatusOr<Duration> wait = Sum(ColumnRole::kWait, cells);
  if (!wait.ok()) return wait.status();
  row.start = time;
  row.logged = time.time;
  row.start.time += *wait;
  if (Has(ColumnRole::kStart) || !has_times()) return std::string();
  // What a request took is more than its tries.
  const std::string* const whole = CellOf(ColumnRole::kWhole, cells);
  std::optional<Duration> took;
  if (whole != nullptr) {
    took = ParseLatency(*whole, At(ColumnRole::kWhole).front()->unit_ns);
  }
  row.start.time -= took.value_or(row.Took());
  return std::string();
}

absl::Status RowReader::ReadTime(const Cells& cells, Instant& time) {
  time = {};
  if (!has_times()) return absl::OkStatus();
  const KnownColumn& column = TimeColumn();
  const std::string& cell = cells[column.place];
  const std::optional<Instant> read = instants_.Parse(cell, column.unit_ns);
  if (read.has_value()) time = *read;
  if (read.has_value()) return absl::OkStatus();
  double ignored = 0;
  return WrongCell(
      column, cell,
      column.unit_ns != 0 ? "number of 0 or more"
      : absl::SimpleAtod(cell, &ignored)
          ? "time since 1970; if its unit is s, give --columns time_s=COLUMN"
          : "timestamp such as 2023-11-16T18:15:46.68Z");
}

absl::Status RowReader::ReadTries(const Cells& cells, RequestRow& row) const {
  row.tries.clear();
  if (absl::Status s = ReadLatencies(cells, row); !s.ok()) return s;
  if (absl::Status s = ReadOutcomes(cells, row); !s.ok()) return s;
  return ReadBackends(cells, row);
}

absl::Status RowReader::ReadLatencies(const Cells& cells,
                                      RequestRow& row) const {
  if (Has(ColumnRole::kPart)) {
    const absl::StatusOr<Duration> sum = Sum(ColumnRole::kPart, cells);
    if (!sum.ok()) return sum.status();
    if (*sum >= Duration::zero()) row.tries.push_back({.latency = *sum});
    if (!row.tries.empty()) return absl::OkStatus();
  }
  for (const ColumnRole role : {ColumnRole::kTry, ColumnRole::kWhole}) {
    const std::string* const cell = CellOf(role, cells);
    if (cell == nullptr) continue;
    const std::vector<std::string> parts = ListOf(*cell);
    if (AreAbsent(parts)) continue;
    for (const std::string& part : parts) {
      const KnownColumn& column = *At(role).front();
      RequestTry& one = row.tries.emplace_back();
      if (IsAbsent(part)) continue;
      one.latency = ParseLatency(part, column.unit_ns);
      if (one.latency.has_value()) continue;
      return WrongCell(column, *cell, WantedLatency(column.unit_ns));
    }
    return absl::OkStatus();
  }
  const std::string* const statuses = CellOf(ColumnRole::kTryStatus, cells);
  row.tries.resize(statuses == nullptr ? 1 : ListOf(*statuses).size());
  return absl::OkStatus();
}

// Of waits those that are known; of parts a negative time if one is missing.
absl::StatusOr<Duration> RowReader::Sum(ColumnRole role,
                                        const Cells& cells) const {
  Duration sum = {};
  for (const KnownColumn* column : At(role)) {
    const std::string& cell = cells[column->place];
    if (cell == "0") continue;
    if (IsAbsent(cell) || cell == "-1") {
      if (role == ColumnRole::kPart) return Duration(-1);
      continue;
    }
    const auto part = ParseLatency(cell, column->unit_ns);
    if (!part.has_value()) {
      return WrongCell(*column, cell, WantedLatency(column->unit_ns));
    }
    sum += *part;
  }
  if (role != ColumnRole::kPart || sum > Duration::zero()) return sum;
  return *ParseLatency("0", At(role).front()->unit_ns);
}

absl::Status RowReader::ReadOutcomes(const Cells& cells,
                                     RequestRow& row) const {
  Outcome all = Outcome::kSuccess;
  for (const ColumnRole role :
       {ColumnRole::kOutcome, ColumnRole::kFlags, ColumnRole::kTermination}) {
    for (const KnownColumn* column : At(role)) {
      const auto outcome = OutcomeIn(*column, cells[column->place]);
      if (!outcome.ok()) return outcome.status();
      all = TheGraver(all, *outcome);
    }
  }
  // Where there was another try, this one has failed.
  for (RequestTry& one : row.tries) one.outcome = Outcome::kFailure;
  row.tries.back().outcome = all;
  const std::string* const cell = CellOf(ColumnRole::kTryStatus, cells);
  if (cell == nullptr) return absl::OkStatus();
  const std::vector<std::string> parts = ListOf(*cell);
  if (parts.size() != row.tries.size()) return absl::OkStatus();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (IsAbsent(parts[i])) continue;
    const auto outcome =
        OutcomeIn(*At(ColumnRole::kTryStatus).front(), parts[i]);
    if (!outcome.ok()) return outcome.status();
    const bool is_last = i + 1 == parts.size();
    row.tries[i].outcome = is_last ? TheGraver(all, *outcome) : *outcome;
  }
  return absl::OkStatus();
}

absl::Status RowReader::ReadBackends(const Cells& cells,
                                     RequestRow& row) const {
  const std::string* const cell = CellOf(ColumnRole::kBackend, cells);
  if (cell == nullptr) return absl::OkStatus();
  std::vector<std::string> parts = {*cell};
  if (row.tries.size() > 1) parts = ListOf(*cell);
  if (parts.size() != row.tries.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        At(ColumnRole::kBackend).front()->name, ": ", Quoted(*cell), " names ",
        parts.size(), " backends of ", row.tries.size(), " tries"));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    row.tries[i].backend = std::move(parts[i]);
  }
  return absl::OkStatus();
}

absl::Status RowReader::ReadNumbers(const Cells& cells, RequestRow& row) const {
  row.size.reset();
  row.attempt = 1;
  row.numbers.clear();
  const std::string* const size = CellOf(ColumnRole::kSize, cells);
  if (size != nullptr && !IsAbsent(*size) &&
      (!absl::SimpleAtod(*size, &row.size.emplace()) ||
       !(*row.size > 0 && *row.size <= kHuge))) {
    return WrongCell(*At(ColumnRole::kSize).front(), *size,
                     "number above 0 and at most 1e9");
  }
  const std::string* const attempt = CellOf(ColumnRole::kAttempt, cells);
  if (attempt != nullptr && !IsAbsent(*attempt) &&
      (!absl::SimpleAtoi(*attempt, &row.attempt) || row.attempt == 0 ||
       row.attempt > kMaxRetries)) {
    return WrongCell(*At(ColumnRole::kAttempt).front(), *attempt,
                     "number from 1 to 100");
  }
  for (const KnownColumn& column : known_.numbers) {
    double& number = row.numbers.emplace_back();
    if (!absl::SimpleAtod(cells[column.place], &number) ||
        !(number >= 0 && number <= kHuge)) {
      return WrongCell(column, cells[column.place], "number from 0 to 1e9");
    }
  }
  return absl::OkStatus();
}

}  // namespace els_sim
