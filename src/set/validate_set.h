#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "els/balancer.h"

namespace els::internal {

// Whether `backends` can be a set; see Balancer::SetBackends for the errors.
absl::Status ValidateSet(absl::Span<const Backend> backends);

}  // namespace els::internal
