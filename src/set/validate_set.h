#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "els/balancer.h"

namespace els::internal {

// Returns OK if `backends` can be a set. Balancer::SetBackends names the
// errors. Pure, thread-safe.
absl::Status ValidateSet(absl::Span<const Backend> backends);

}  // namespace els::internal
