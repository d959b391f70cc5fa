#include "src/index/winner_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "els/random.h"

namespace els::internal {
namespace {

// Every size up to three levels, and some beyond.
std::vector<std::size_t> Sizes() {
  std::vector<std::size_t> sizes = {255, 256, 257, 1000, 65'536};
  for (std::size_t size = 1; size <= 70; ++size) sizes.push_back(size);
  return sizes;
}

TEST(WinnerTreeTest, HasNoWinnerWhileItIsEmpty) {
  for (const std::size_t slots : Sizes()) {
    const WinnerTree tree(slots);
    EXPECT_EQ(tree.Lowest(), WinnerTree::kNone);
    EXPECT_EQ(tree.Get(slots - 1), WinnerTree::kNone);
  }
}

TEST(WinnerTreeTest, KnowsNothingOfAWordBeforeItIsSettled) {
  WinnerTree tree(5);
  tree.Put(3, 7);
  EXPECT_EQ(tree.Get(3), 7u);
  EXPECT_EQ(tree.Lowest(), WinnerTree::kNone);
  tree.Settle(3);
  EXPECT_EQ(tree.Lowest(), 7u);
}

// Few values, so that words repeat, fall and rise; some are taken out.
std::uint64_t DrawWord(Random& random) {
  const std::uint64_t value = random.Below(20);
  return value == 0 ? WinnerTree::kNone : value;
}

// Against a search through all words.
TEST(WinnerTreeTest, AgreesWithASearchThroughAllWords) {
  Random random(1);
  for (const std::size_t size : Sizes()) {
    SCOPED_TRACE(std::to_string(size) + " slots");
    WinnerTree tree(size);
    std::vector<std::uint64_t> words(size, WinnerTree::kNone);
    for (int step = 0; step < 300; ++step) {
      const std::size_t slot = random.Below(size);
      words[slot] = DrawWord(random);
      tree.Put(slot, words[slot]);
      tree.Settle(slot);
      ASSERT_EQ(tree.Get(slot), words[slot]);
      ASSERT_EQ(tree.Lowest(), *std::min_element(words.begin(), words.end()));
    }
  }
}

// As threads may leave it that get in each other's way: words that were put,
// and not made known.
TEST(WinnerTreeTest, IsRightAgainOnceEachNodeIsRepaired) {
  Random random(1);
  for (const std::size_t size : Sizes()) {
    SCOPED_TRACE(std::to_string(size) + " slots");
    WinnerTree tree(size);
    std::vector<std::uint64_t> words(size);
    for (int round = 0; round < 5; ++round) {
      for (std::size_t slot = 0; slot < size; ++slot) {
        words[slot] = DrawWord(random);
        tree.Put(slot, words[slot]);
      }
      for (std::size_t i = 0; i < size / 3 + 1; ++i) tree.Repair();
      // Whichever node was the first, the nodes above it come later, or again.
      for (std::size_t i = 0; i < size / 3 + 1; ++i) tree.Repair();
      ASSERT_EQ(tree.Lowest(), *std::min_element(words.begin(), words.end()));
    }
  }
}

// As two threads may leave a tree: the node above the slot has the slot's word
// already, so that Settle goes no further, and the root has an older word.
TEST(WinnerTreeTest, SettleAllReachesTheRootWhereSettleStops) {
  WinnerTree tree(64);
  tree.Put(0, 5);
  tree.Settle(0);
  tree.Put(0, 9);
  // Of 21 nodes above the slots the last 16, which are right above them.
  for (int node = 0; node < 16; ++node) tree.Repair();
  tree.Settle(0);
  EXPECT_EQ(tree.Lowest(), 5u);
  tree.SettleAll(0);
  EXPECT_EQ(tree.Lowest(), 9u);
}

TEST(WinnerTreeTest, PassesOverTheSlotsExcluded) {
  Random random(1);
  for (const std::size_t size : {1, 2, 3, 4, 5, 16, 17, 100}) {
    SCOPED_TRACE(std::to_string(size) + " slots");
    WinnerTree tree(size);
    std::vector<std::uint64_t> words(size);
    for (std::size_t slot = 0; slot < size; ++slot) {
      words[slot] = DrawWord(random);
      tree.Put(slot, words[slot]);
      tree.Settle(slot);
    }
    std::vector<std::size_t> excluded;
    for (std::size_t count = 0; count <= std::min<std::size_t>(size, 8);
         ++count) {
      EXPECT_EQ(tree.LowestBut(excluded),
                *std::min_element(words.begin(), words.end()));
      const std::size_t slot = random.Below(size);  // Some of them twice.
      excluded.push_back(slot);
      words[slot] = WinnerTree::kNone;
    }
  }
}

}  // namespace
}  // namespace els::internal
