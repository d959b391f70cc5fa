#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "examples/access_point/address.h"
#include "examples/access_point/net.h"

namespace access_point {

// All the endpoints of an address, one at least. InvalidArgumentError, naming
// the flag and the address, if it cannot be resolved.
absl::StatusOr<std::vector<tcp::endpoint>> Resolve(const char* flag,
                                                   const Address& address);

}  // namespace access_point
