#pragma once

// A recording's record as a request and its tries.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "sim/model/virtual_time.h"
#include "sim/traces/recognise.h"
#include "sim/traces/values.h"

namespace els_sim {

struct RequestTry {
  std::optional<Duration> latency = {};
  els::Outcome outcome = els::Outcome::kSuccess;
  std::string backend = {};
};

struct RequestRow {
  Instant start = {};    // Of its first try; 0 if the recording has no times.
  Duration logged = {};  // The time that is there: its start or its end.
  std::vector<RequestTry> tries = {};  // At least one.
  std::size_t attempt = 1;             // Of the first of them.
  std::optional<double> size = {};
  std::vector<double> numbers = {};  // Of the columns that are wanted.

  Duration Took() const;  // Of all tries, as far as it is known.
};

// Not thread-safe.
class RowReader {
 public:
  // `known` must outlive the reader.
  explicit RowReader(const Recognised& known);

  bool Has(ColumnRole role) const { return !At(role).empty(); }
  bool has_times() const {
    return Has(ColumnRole::kStart) || Has(ColumnRole::kEnd);
  }
  // REQUIRES: has_times().
  const std::string& time_column() const { return TimeColumn().name; }
  bool has_latencies() const {
    return Has(ColumnRole::kWhole) || Has(ColumnRole::kTry) ||
           Has(ColumnRole::kPart);
  }

  // Returns why the record does not count; empty if it does. An
  // InvalidArgumentError names the column and its cell: `latency_s: "x" is no
  // number of 0 or more`.
  absl::StatusOr<std::string> Read(const Cells& cells, RequestRow& row);

 private:
  using Columns = std::vector<const KnownColumn*>;

  const Columns& At(ColumnRole role) const {
    return columns_[static_cast<std::size_t>(role)];
  }
  const KnownColumn& TimeColumn() const {
    return *At(Has(ColumnRole::kStart) ? ColumnRole::kStart : ColumnRole::kEnd)
                .front();
  }
  const std::string* CellOf(ColumnRole role, const Cells& cells) const;
  absl::Status ReadTime(const Cells& cells, Instant& time);
  absl::Status ReadTries(const Cells& cells, RequestRow& row) const;
  absl::Status ReadLatencies(const Cells& cells, RequestRow& row) const;
  absl::StatusOr<Duration> Sum(ColumnRole role, const Cells& cells) const;
  absl::Status ReadOutcomes(const Cells& cells, RequestRow& row) const;
  absl::Status ReadBackends(const Cells& cells, RequestRow& row) const;
  absl::Status ReadNumbers(const Cells& cells, RequestRow& row) const;

  const Recognised& known_;
  std::array<Columns, kRoles> columns_;
  InstantParser instants_;
};

}  // namespace els_sim
