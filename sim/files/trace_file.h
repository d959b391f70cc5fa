#pragma once

// Recordings of traffic, read line by line: memory does not grow with the file.
//
//   # Lines like this one, and blank lines, do not count.
//   time_s,latency_s,outcome,backend
//   0.000000,0.003120,,web-1
//   0.001913,0.250000,timeout,web-2
//
// is comma-separated, without quotes. Its first line names the columns, in any
// order:
//
//   time_s, time_ms, time_us   when the request came: a number since any start,
//                              such as 1970; lines are in this order
//   time, timestamp            instead: 2023-11-16T18:15:46.68Z, or
//                              2023-11-16 18:15:46.68
//   latency_s, latency_ms, latency_us
//                              until its answer began, or it was given up
//   size                       above 0: the work it is, in any unit
//   key                        what it was about; any text
//   outcome                    success (or nothing), failure, timeout or
//                              cancelled
//   backend                    which it was sent to; any text
//   attempt                    1 (or nothing), or 2, 3... for a retry of an
//                              earlier line's request
//
// in any case of letters. Each may be missing, and so may a latency or a size
// in its line. Other columns are passed over, unless a ServiceFormula asks for
// them. A file without such a line has to be one latency in milliseconds a
// line, or somebody has to say what its columns are.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "els/balancer.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// A line. Texts are valid until the next one is read.
struct TraceRow {
  Duration time = {};  // Since the first line's; 0 if there is no such column.
  std::optional<Duration> latency = {};
  std::optional<double> size = {};
  std::string_view key = {};
  els::Outcome outcome = els::Outcome::kSuccess;
  std::string_view backend = {};
  std::size_t attempt = 1;
  std::vector<double> numbers = {};  // Of the columns asked for.
};

struct TraceColumns {
  // Instead of the file's first line, if not empty: that is passed over if it
  // names columns. An empty name is a column to pass over.
  std::vector<std::string> names = {};
  // Others whose numbers are wanted, none below 0.
  std::vector<std::string> numbers = {};
};

// Not thread-safe. Errors are InvalidArgumentErrors of one line such as
//
//   day.csv:17: latency_s: "abc" is no number of 0 or more
class TraceReader {
 public:
  // NotFoundError if the file cannot be read.
  static absl::StatusOr<TraceReader> Open(const std::string& path,
                                          const TraceColumns& columns);

  bool has_times() const { return At(kTime).has_value(); }
  bool has_latencies() const { return At(kLatency).has_value(); }
  bool has_sizes() const { return At(kSize).has_value(); }

  // The next line; empty after the last.
  absl::StatusOr<std::optional<TraceRow>> Next();

  // The line that was read last is wrong: `what` says why.
  absl::Status Error(const std::string& what) const;

  // Of the file, in bytes, and of what has been read of it.
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const { return position_; }

 private:
  enum Kind : std::size_t {
    kTime,
    kLatency,
    kSize,
    kKey,
    kOutcome,
    kBackend,
    kAttempt,
    kKinds,
  };

  // Where a column is, and what its numbers are in.
  struct Column {
    std::size_t place = 0;
    std::string name = {};
    std::int64_t unit_ns = 0;  // 0: timestamps.
  };

  TraceReader(const std::string& path, std::ifstream file);

  const std::optional<Column>& At(Kind kind) const { return columns_[kind]; }

  // The next line that counts; false after the last.
  bool ReadLine();
  absl::Status ReadHead(const TraceColumns& columns);
  absl::Status NameColumns(const std::vector<std::string>& names);
  absl::Status NameNumbers(const std::vector<std::string>& names,
                           const std::vector<std::string>& wanted);
  static std::optional<Kind> KindOf(const std::string& name, Column& column);

  absl::Status Read(TraceRow& row);
  absl::Status ReadTime(TraceRow& row);
  absl::Status ReadOutcome(TraceRow& row) const;
  absl::Status ReadNumbers(TraceRow& row) const;
  // Empty if there is no such column.
  absl::string_view Cell(const std::optional<Column>& column) const;
  // "CELL is no WHAT", of the column.
  absl::Status Error(const Column& column, absl::string_view what) const;

  std::string path_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::optional<Column> columns_[kKinds];
  std::vector<Column> numbers_;
  std::size_t width_ = 0;  // Of the first line, in cells.

  bool again_ = false;  // The line that has been read is still to be served.
  std::size_t line_number_ = 0;
  std::string line_;
  std::vector<absl::string_view> cells_;
  std::optional<Duration> first_time_;
  Duration latest_ = {};
};

}  // namespace els_sim
