#pragma once

// Files that are there in full or not at all.

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace els_sim {

// Writes a neighbour of the file and renames it. What is there and is no file,
// such as /dev/stdout, is written to as it is. Errors name the path.
absl::Status WriteFile(const std::string& path, std::string_view text);

// Whether WriteFile could do so now; asked before the work that makes the text.
absl::Status CheckWritable(const std::string& path);

}  // namespace els_sim
