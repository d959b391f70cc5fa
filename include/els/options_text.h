#pragma once

// Options as text, to be kept in a file, changed by hand and loaded again:
//
//   # Tuned for the search service.
//   choice = lowest              # or power-of-two, weighted-random
//   latency_memory = 2.5s        # also 1m30s, 250ms, 10us, 5ns, 1h
//   overdue_factor = 3
//
// Each line is `name = value`, where the name is that of a field of Options.
// The order of lines does not matter. Spaces around name and value, blank
// lines, and anything after a `#` are ignored. A duration has the syntax of
// absl::ParseDuration and is a whole number of nanoseconds.
//
// The functions are pure and thread-safe. They read no file. They throw
// std::bad_alloc if there is not enough memory.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "els/options.h"

namespace els {

// Returns `defaults` with the fields that `text` names set to the values in
// `text`. The result passes Options::Validate.
//
// Returns an InvalidArgumentError for the first line that is not `name =
// value`, whose name is no field's or was given before, or whose value is not
// of the field's kind and range. The message is one line of printable text. It
// names the line and, if the value is wrong, what is allowed:
//
//   line 3: turn_limit is "1.5"; it must be a number from 0 to 0.9
//
// If `defaults` is invalid and `text` does not mend it, returns the error of
// Options::Validate.
absl::StatusOr<Options> ParseOptions(std::string_view text,
                                     const Options& defaults = {});

// Returns all fields in the order of Options, one on each line. ParseOptions
// reads the text of valid options back as the same options, to the last bit.
std::string PrintOptions(const Options& options);

}  // namespace els
