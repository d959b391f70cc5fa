#pragma once

// Files of numbers that a scenario names. Errors name the line.

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// One number a line; blank lines and those that begin with # do not count.
absl::StatusOr<std::vector<double>> ParseNumbers(std::string_view text);

// Times since the start. Without a column, one number of seconds a line, as
// above; otherwise the file is comma-separated, its first line names the
// columns, and the times are that column's: seconds, or timestamps such as
// 2023-11-16 18:15:46.68059, which count from the first of them on.
absl::StatusOr<std::vector<Duration>> ParseTimes(std::string_view text,
                                                 std::string_view column);

}  // namespace els_sim
