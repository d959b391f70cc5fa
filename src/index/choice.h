#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "els/random.h"

namespace els::internal {

// The word (see word.h) in slot i, or WinnerTree::kNone if that is none to
// choose from.
using WordAt = absl::FunctionRef<std::uint64_t(std::size_t)>;

// Both choose one of the words in slots 0 to `slots` - 1, and draw from
// `random` only where chance decides; WinnerTree::kNone if there is none.

// The lower of two different ones, each pair as likely. O(1) where nearly all
// are to choose from, else O(slots).
std::uint64_t LowerOfTwo(std::size_t slots, WordAt word_at, Random& random);

// Each with a probability proportional to 1/E. O(slots).
std::uint64_t WeightedRandom(std::size_t slots, WordAt word_at, Random& random);

}  // namespace els::internal
