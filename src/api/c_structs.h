#pragma once

// The structs of the C interface, to and from those of the C++ one. Each says
// how large its caller knows it to be; see els/c_api.h for the rules.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "els/c_api.h"

namespace els::internal {

TimePoint FromNanoseconds(std::uint64_t now_ns);

// REQUIRES: the pointers are not null.
absl::StatusOr<Options> ReadOptions(const els_options* given);
absl::Status WriteDefaults(els_options* options, std::size_t struct_size);

// REQUIRES: `given` is not null, or `count` is 0.
absl::StatusOr<std::vector<Backend>> ReadBackends(const els_backend* given,
                                                  std::size_t count);

// The id written points into `backend`.
absl::Status WriteBackend(const BackendSnapshot& backend,
                          els_backend_snapshot* written);

}  // namespace els::internal
