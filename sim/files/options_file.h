#pragma once

// Options of the library in a file, as `els-sim tune --out` writes them.

#include <string>

#include "absl/status/statusor.h"
#include "els/options.h"
#include "sim/model/policy.h"

namespace els_sim {

// InvalidArgumentError of one line that names the path and, if it can be read,
// the line and the option.
absl::StatusOr<els::Options> ReadOptionsFile(const std::string& path);

// els with those options, as a policy whose name is the path, which so may not
// have what ends a cell of a table; the same for the same path, as it was when
// first read. Kept until the program ends, as the table of policies is. By one
// thread at a time.
absl::StatusOr<const PolicyInfo*> PolicyOfOptionsFile(const std::string& path);

}  // namespace els_sim
