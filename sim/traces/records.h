#pragma once

// A recording as records, each of as many cells as there are columns. What the
// columns mean is not known here.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/traces/input.h"
#include "sim/traces/log_template.h"

namespace els_sim {

using Cells = std::vector<std::string>;

class Records {
 public:
  explicit Records(LineInput input) : input_(std::move(input)) {}
  virtual ~Records() = default;

  // Sets `cells` to the next record's. Returns false after the last. An
  // InvalidArgumentError says what is wrong with this record; the next one can
  // still be read. After any other error none can.
  virtual absl::StatusOr<bool> Next(Cells& cells) = 0;

  // Which record that was: the number of its line, or of its entry.
  virtual std::size_t Place() const { return input_.line_number(); }
  virtual std::string_view PlaceName() const { return "line"; }

  const LineInput& input() const { return input_; }

 protected:
  LineInput input_;
};

// Splits a line at the separators outside of quotes, and drops the quotes and
// blanks around cells. Returns false if a quote is still open at its end. Where
// the separator is a semicolon, a number's comma is its point.
bool SplitTable(std::string_view line, char separator, Cells& cells);

// Lines of a table. If `head` is not empty, lines that equal it are passed
// over: the first, and those that repeat it where files have been joined.
std::unique_ptr<Records> TableRecords(LineInput input, char separator,
                                      std::size_t width, std::string head);

std::unique_ptr<Records> LogRecords(LineInput input, LogTemplate form);

// An object a line. Columns are members, and members of members:
// "data.tags.status". Those that are not there are empty.
std::unique_ptr<Records> JsonRecords(LineInput input, Cells columns);

// One document that holds its records: an array of objects, or a HAR.
struct JsonDocument;

// Whether the first line of `head` is an object, and no document.
bool IsJsonLine(std::string_view head);

// Reads all of it into memory. InvalidArgumentError if it is no such document.
absl::StatusOr<std::shared_ptr<const JsonDocument>> LoadJson(LineInput& input);

std::unique_ptr<Records> JsonEntries(
    LineInput input, std::shared_ptr<const JsonDocument> document,
    Cells columns);

// The names of all columns of the lines that `head` begins with, and of a
// document's first records.
Cells JsonColumns(std::string_view head);
Cells JsonColumns(const JsonDocument& document);

}  // namespace els_sim
