#include "src/winner_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "els/random.h"

namespace els::internal {
namespace {

TEST(WinnerTreeTest, HasNoWinnerWhileItIsEmpty) {
  WinnerTree tree;
  EXPECT_EQ(tree.Lowest(), WinnerTree::kNone);
  for (const std::size_t slots : {0, 1, 5, 100}) {
    tree.Reset(slots);
    EXPECT_EQ(tree.Lowest(), WinnerTree::kNone);
  }
}

TEST(WinnerTreeTest, ForgetsItsWordsWhenReset) {
  WinnerTree tree;
  tree.Reset(3);
  tree.Set(2, 7);
  EXPECT_EQ(tree.Lowest(), 7u);
  tree.Reset(3);
  EXPECT_EQ(tree.Lowest(), WinnerTree::kNone);
}

// Against a search through all words, at every size up to three levels and at
// some beyond.
TEST(WinnerTreeTest, AgreesWithASearchThroughAllWords) {
  std::vector<std::size_t> sizes = {255, 256, 257, 1000, 65'536};
  for (std::size_t size = 1; size <= 70; ++size) sizes.push_back(size);
  Random random(1);
  for (const std::size_t size : sizes) {
    SCOPED_TRACE(std::to_string(size) + " slots");
    WinnerTree tree;
    tree.Reset(size);
    std::vector<std::uint64_t> words(size, WinnerTree::kNone);
    for (int step = 0; step < 300; ++step) {
      const std::size_t slot = random.Below(size);
      // Few values, so that words repeat, fall and rise; some are taken out.
      const std::uint64_t value = random.Below(20);
      words[slot] = value == 0 ? WinnerTree::kNone : value;
      tree.Set(slot, words[slot]);
      ASSERT_EQ(tree.Get(slot), words[slot]);
      ASSERT_EQ(tree.Lowest(), *std::min_element(words.begin(), words.end()));
    }
  }
}

}  // namespace
}  // namespace els::internal
