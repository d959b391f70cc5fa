#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace els::internal {

// The lowest of many words, each in a slot of its own, kept while they change.
//
//   level 2   [3]                                the lowest of all
//              |
//   level 1   [3        4        5        .]     the lowest of each four
//              |        |        |
//   level 0   [9 3 8 4] [7 . 4 .] [6 5 . .]      a word for each slot
//
// 1. Level 0 has a word for each slot, kNone where there is none, and is filled
//    up with kNone to a multiple of four, as is each level above.
// 2. Word i of a level is the lowest of the words 4i to 4i + 3 of the level
//    below.
// 3. The last level has one word.
//
// Four to a node, since a node is then half a cache line and the tree half as
// deep as a binary one. Not thread-safe.
class WinnerTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Room for `slots` words, all kNone. O(slots).
  void Reset(std::size_t slots) {
    levels_.clear();
    std::size_t size = std::max<std::size_t>(1, slots);
    while (true) {
      const bool last = size == 1 && !levels_.empty();
      levels_.emplace_back(last ? 1 : (size + 3) / 4 * 4, kNone);
      if (last) return;
      size = levels_.back().size() / 4;
    }
  }

  std::uint64_t Get(std::size_t slot) const { return levels_[0][slot]; }

  // O(log slots), and less where the change does not reach the top.
  void Set(std::size_t slot, std::uint64_t word) {
    levels_[0][slot] = word;
    std::size_t i = slot;
    for (std::size_t level = 1; level < levels_.size(); ++level) {
      i /= 4;
      const std::uint64_t* four = &levels_[level - 1][4 * i];
      const std::uint64_t lowest =
          std::min(std::min(four[0], four[1]), std::min(four[2], four[3]));
      std::uint64_t& winner = levels_[level][i];
      if (winner == lowest) return;
      winner = lowest;
    }
  }

  // The lowest word; kNone if there is none.
  std::uint64_t Lowest() const { return levels_.back()[0]; }

 private:
  std::vector<std::vector<std::uint64_t>> levels_ = {{kNone}};
};

}  // namespace els::internal
