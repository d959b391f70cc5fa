#pragma once

// Which format a recording has, by its look.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/traces/formats.h"
#include "sim/traces/records.h"

namespace els_sim {

// How to read a recording, where that is not to be guessed.
struct ColumnOptions {
  // One of: what each column of a table is, instead of the names in its first
  // line, where an empty name is a column to pass over; "MEANING=COLUMN", for
  // columns whose names say nothing (latency_ms=took); or a log's template,
  // whose parts between commas these are.
  std::vector<std::string> columns = {};
  // Others whose numbers are wanted.
  std::vector<std::string> numbers = {};
};

struct KnownColumn {
  std::string name;
  ColumnRole role = ColumnRole::kStart;
  std::int64_t unit_ns = 0;
  std::size_t place = 0;  // Among a record's cells.
};

struct Recognised {
  std::unique_ptr<Records> records = {};
  std::string format = {};                // For people: "JMeter, gzip".
  std::vector<KnownColumn> columns = {};  // Those that mean something.
  std::vector<KnownColumn> numbers = {};  // Those that are wanted.
  RecordFilter filter = {};               // Its column's place is
  std::size_t filter_place = 0;           // this.
};

// InvalidArgumentError, of one line that begins with the path and says what to
// do, if it is no recording that is known.
absl::StatusOr<Recognised> Recognise(LineInput input,
                                     const ColumnOptions& options);

}  // namespace els_sim
