#include "src/index/choice.h"

#include <algorithm>

#include "src/index/winner_tree.h"
#include "src/index/word.h"

namespace els::internal {
namespace {

constexpr std::uint64_t kNone = WinnerTree::kNone;

// Two different numbers below `count`, the lower one first. REQUIRES: count >
// 1.
struct Pair {
  std::size_t low;
  std::size_t high;
};
Pair DrawPair(std::size_t count, Random& random) {
  const std::size_t first = random.Below(count);
  std::size_t second = random.Below(count - 1);
  if (second >= first) ++second;  // uniform over the other numbers
  return {std::min(first, second), std::max(first, second)};
}

// The same as LowerOfTwo, in O(slots) however many words are missing.
std::uint64_t LowerOfTwoAmongFew(std::size_t slots, WordAt word_at,
                                 Random& random) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < slots; ++i) count += word_at(i) != kNone;
  if (count == 0) return kNone;
  const Pair pair = count == 1 ? Pair{0, 0} : DrawPair(count, random);
  std::uint64_t lowest = kNone;
  std::size_t number = 0;
  for (std::size_t i = 0; i < slots && number <= pair.high; ++i) {
    const std::uint64_t word = word_at(i);
    if (word == kNone) continue;
    if (number == pair.low || number == pair.high) {
      lowest = std::min(lowest, word);
    }
    ++number;
  }
  return lowest;
}

// Keeps sums finite and positive whatever distances are given.
double Weight(std::uint64_t word) {
  return 1 / std::clamp<double>(ExpectedLatencyOf(word), 1e-200, 1e200);
}

}  // namespace

std::uint64_t LowerOfTwo(std::size_t slots, WordAt word_at, Random& random) {
  if (slots > 1) {
    const Pair pair = DrawPair(slots, random);
    const std::uint64_t low = word_at(pair.low);
    const std::uint64_t high = word_at(pair.high);
    if (low != kNone && high != kNone) return std::min(low, high);
  }
  return LowerOfTwoAmongFew(slots, word_at, random);
}

// The first pass adds up the weights. The second goes to a point drawn from the
// sum.
std::uint64_t WeightedRandom(std::size_t slots, WordAt word_at,
                             Random& random) {
  double total = 0;
  for (std::size_t i = 0; i < slots; ++i) {
    if (const std::uint64_t word = word_at(i); word != kNone) {
      total += Weight(word);
    }
  }
  if (total == 0) return kNone;
  double point = random.Uniform() * total;
  std::uint64_t chosen = kNone;
  for (std::size_t i = 0; i < slots && point >= 0; ++i) {
    const std::uint64_t word = word_at(i);
    if (word == kNone) continue;
    chosen = word;
    point -= Weight(word);
  }
  return chosen;
}

}  // namespace els::internal
