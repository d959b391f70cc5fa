#pragma once

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "els/options.h"
#include "els/random.h"

namespace els::internal {

// The score of candidate i, lower is better; at least 0, may be infinite.
using Score = absl::FunctionRef<double(std::size_t)>;

// Chooses one of `count` candidates: O(count), but O(1) for kPowerOfTwo. Draws
// from `random` only where chance decides. REQUIRES: count > 0, and that
// `score` gives the same for the same candidate throughout.
std::size_t Choose(Choice choice, std::size_t count, Score score,
                   Random& random);

}  // namespace els::internal
