#include "sim/tuning/pareto.h"

namespace els_sim {
namespace {

// Whether `one` is at most as large as `other` in all three.
bool NowhereWorse(const Merits& one, const Merits& other) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (!(one[i] <= other[i])) return false;
  }
  return true;
}

}  // namespace

std::vector<std::size_t> ParetoSet(absl::Span<const Merits> all) {
  std::vector<std::size_t> set;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool stays = true;
    for (std::size_t j = 0; j < all.size() && stays; ++j) {
      const bool beaten =
          NowhereWorse(all[j], all[i]) && (all[j] != all[i] || j < i);
      stays = i == j || !beaten;
    }
    if (stays) set.push_back(i);
  }
  return set;
}

}  // namespace els_sim
