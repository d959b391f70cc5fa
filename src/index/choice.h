#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "els/random.h"

namespace els::internal {

// Returns the word (see word.h) in a slot, or WinnerTree::kNone if there is
// none to choose from.
using WordAt = absl::FunctionRef<std::uint64_t(std::size_t)>;

// Both functions choose one of the words in slots 0 to `slots` - 1. They return
// WinnerTree::kNone if there is no word.

// Returns the lower of two different words, or the only word. Each pair of
// words is as likely as any other. O(1) where nearly all slots have a word,
// else O(slots).
std::uint64_t LowerOfTwo(std::size_t slots, WordAt word_at, Random& random);

// Returns each word with a probability proportional to 1/E. O(slots).
std::uint64_t WeightedRandom(std::size_t slots, WordAt word_at, Random& random);

}  // namespace els::internal
