#pragma once

// Options as text, to be kept in a file, changed by hand and loaded again:
//
//   # Tuned for the search service.
//   choice = lowest              # or power-of-two, weighted-random
//   latency_memory = 2.5s        # also 1m30s, 250ms, 10us, 5ns, 1h
//   overdue_factor = 3
//
// One `name = value` a line, the names being those of the fields of Options, in
// any order. Spaces around either do not matter, nor do blank lines, nor what
// follows a `#`. A duration has the syntax of absl::ParseDuration and is a
// whole number of nanoseconds.
//
// Pure functions, thread-safe, that read no file.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "els/options.h"

namespace els {

// `defaults` with the fields that `text` names set to its values; the result
// passes Options::Validate. Otherwise an InvalidArgumentError in one line of
// printable text, for the first of these: a line that is not `name = value`, a
// name that is no field's or was given before, a value that is not of the
// field's kind and range. It says where and, of a value, what is allowed:
//
//   line 3: turn_limit is "1.5"; it must be a number from 0 to 0.9
//
// (If `defaults` itself is invalid and `text` does not mend it, the error is
// that of Options::Validate.)
absl::StatusOr<Options> ParseOptions(std::string_view text,
                                     const Options& defaults = {});

// All fields in the order of Options, one a line. Of valid options,
// ParseOptions makes the same again, to the last bit.
std::string PrintOptions(const Options& options);

}  // namespace els
