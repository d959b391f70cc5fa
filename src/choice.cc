#include "src/choice.h"

#include <algorithm>

namespace els::internal {
namespace {

// Of k equal scores each is kept with probability 1/k: the k-th replaces its
// predecessor with that chance (Vitter's reservoir of one).
std::size_t Lowest(std::size_t count, Score score, Random& random) {
  std::size_t best = 0;
  double best_score = score(0);
  std::uint64_t ties = 1;
  for (std::size_t i = 1; i < count; ++i) {
    const double candidate = score(i);
    if (candidate > best_score) continue;
    if (candidate == best_score) {
      ++ties;
      if (random.Below(ties) == 0) best = i;
      continue;
    }
    best = i;
    best_score = candidate;
    ties = 1;
  }
  return best;
}

std::size_t LowerOfTwo(std::size_t count, Score score, Random& random) {
  if (count == 1) return 0;
  const std::size_t first = random.Below(count);
  std::size_t second = random.Below(count - 1);
  if (second >= first) ++second;  // uniform over the others
  const double first_score = score(first);
  return score(second) < first_score ? second : first;
}

// A pass for the sum, then one to the drawn point of it.
std::size_t WeightedRandom(std::size_t count, Score score, Random& random) {
  // Keeps sums finite and positive whatever distances are given.
  const auto weight = [&](std::size_t i) {
    return 1 / std::clamp(score(i), 1e-200, 1e200);
  };
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) total += weight(i);
  double point = random.Uniform() * total;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    point -= weight(i);
    if (point < 0) return i;
  }
  return count - 1;
}

}  // namespace

std::size_t Choose(Choice choice, std::size_t count, Score score,
                   Random& random) {
  switch (choice) {
    case Choice::kLowest:
      return Lowest(count, score, random);
    case Choice::kPowerOfTwo:
      return LowerOfTwo(count, score, random);
    case Choice::kWeightedRandom:
      return WeightedRandom(count, score, random);
  }
  return 0;
}

}  // namespace els::internal
