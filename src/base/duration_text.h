#pragma once

#include "absl/strings/string_view.h"
#include "els/options.h"

namespace els::internal {

// Reads a duration in the syntax of absl::ParseDuration, such as 250ms, 1m30s
// or -0.5h. Returns false, and changes nothing, if `text` has another syntax or
// is no whole number of nanoseconds, such as 1.5ns. A duration that Duration
// cannot hold, such as "inf", becomes the largest or smallest Duration. Pure,
// thread-safe.
bool ParseDuration(absl::string_view text, Duration& duration);

}  // namespace els::internal
