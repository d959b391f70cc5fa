#pragma once

#include "absl/strings/string_view.h"
#include "els/options.h"

namespace els::internal {

// Reads what absl::ParseDuration does, such as 250ms, 1m30s or -0.5h, but only
// whole numbers of nanoseconds: false, and no change, for 1.5ns. The infinite
// ("inf"), and what a Duration cannot hold, becomes its largest or smallest.
bool ParseDuration(absl::string_view text, Duration& duration);

}  // namespace els::internal
