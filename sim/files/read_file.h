#pragma once

// A file as a text.

#include <string>

#include "absl/status/statusor.h"

namespace els_sim {

// All of it. NotFoundError, of one line that names the path, if it cannot be
// read, or is empty.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace els_sim
