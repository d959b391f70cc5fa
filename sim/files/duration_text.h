#pragma once

// Durations as scenario files write them, points in time, and as messages and
// explanations print them.

#include <optional>
#include <string>
#include <string_view>

#include "sim/model/virtual_time.h"

namespace els_sim {

// A number without a sign and one of ns, us, ms, s, min and h: 40ms, 1.5s. A
// whole number of nanoseconds, of at most 292 years; empty for anything else.
std::optional<Duration> ParseDuration(std::string_view text);

// Since 1970: 2023-11-16T18:15:46.68Z, with any offset, or without one in
// another form: 2023-11-16 18:15:46.68. Empty for anything else, or before.
std::optional<Duration> ParseTimestamp(std::string_view text);

// Exact, in the largest of ns, us, ms and s in which it is at least 1, with
// `space` before the unit; "never" for Duration::max().
std::string DurationText(Duration duration, std::string_view space = "");

}  // namespace els_sim
