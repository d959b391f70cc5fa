#pragma once

// Keeps the simulator's output under review: each scenario's is a file in the
// repository, so that a change of behaviour is a change of a file.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace els_sim {

// Writes `text` as the file `path`. Errors name the path.
absl::Status WriteGolden(const std::string& path, std::string_view text);

// One message per line that differs, "path:line: expected ..., got ...", or one
// that the file cannot be read; empty if the file holds exactly `text`.
std::vector<std::string> CompareGolden(const std::string& path,
                                       std::string_view text);

}  // namespace els_sim
