#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "examples/access_point/address.h"

namespace access_point {

// Every address of every name, each once: a name with several addresses means
// several servers, of which one may be slow or dead while the others are well.
// Blocks. InvalidArgumentError, naming the flag, if one cannot be resolved or
// there are too many.
absl::StatusOr<std::vector<Address>> ResolveBackends(
    const std::vector<Address>& backends);

}  // namespace access_point
