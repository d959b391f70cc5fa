#pragma once

// Converts between the structs of the C interface and those of the C++ one.
// Each struct says how large its caller knows it to be; els/c_api.h has the
// rules. The functions are pure and thread-safe. Errors are
// InvalidArgumentErrors.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "els/c_api.h"
#include "els/c_explanation.h"
#include "els/c_work_estimator.h"
#include "els/explanation.h"
#include "els/work_estimator.h"

namespace els::internal {

// Readings above INT64_MAX count as INT64_MAX.
TimePoint FromNanoseconds(std::uint64_t now_ns);

// Empty if it is none.
std::optional<Outcome> ToOutcome(els_outcome outcome);

// The values are not checked: Validate does that.
// REQUIRES: `given` is not null.
absl::StatusOr<Options> ReadOptions(const els_options* given);
absl::StatusOr<WorkEstimatorOptions> ReadOptions(
    const els_work_estimator_options* given);
// Writes all fields that the caller's struct has room for.
// REQUIRES: `written` is not null.
absl::Status WriteOptions(const Options& options, els_options* written);
// REQUIRES: `options` is not null.
absl::Status WriteDefaults(els_options* options, std::size_t struct_size);
absl::Status WriteDefaults(els_work_estimator_options* options,
                           std::size_t struct_size);

// The values are not checked, but for null ids and too many backends.
// REQUIRES: `given` is not null, or `count` is 0.
absl::StatusOr<std::vector<Backend>> ReadBackends(const els_backend* given,
                                                  std::size_t count);

// Returns the request with all fields that the library knows, and the default
// in place of a price of 0. Its ids are those of `given`. Allocates only for an
// error. REQUIRES: `given` is not null.
absl::StatusOr<els_request> ReadRequest(const els_request* given);

// The id in `written` points into `backend`. REQUIRES: `written` is not null.
absl::Status WriteBackend(const BackendSnapshot& backend,
                          els_backend_snapshot* written);

// Writes all fields but those of explanation.candidates, in whose place it
// writes `candidates`. REQUIRES: `written` is not null.
absl::Status WriteExplanation(const PickExplanation& explanation,
                              const els_snapshot* candidates,
                              els_explanation* written);

}  // namespace els::internal
