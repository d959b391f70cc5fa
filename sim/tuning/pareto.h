#pragma once

// Which of many choices are not worse in every way than another.

#include <array>
#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace els_sim {

// The less of each the better.
using Merits = std::array<double, 3>;

// The places, rising, of those that no other dominates: one that is at most as
// large in all three and smaller in one. Of equal ones the first alone. Pure;
// O(n^2).
std::vector<std::size_t> ParetoSet(absl::Span<const Merits> all);

}  // namespace els_sim
