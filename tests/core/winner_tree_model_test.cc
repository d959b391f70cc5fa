// Every order in which two threads may run through a small tree, and every
// value that the memory model lets them read, up to a number of switches.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>

#include "src/index/winner_tree.h"

// Last, since its macros change the language.
#include <relacy/relacy.hpp>
#undef new
#undef delete

namespace els::internal {
namespace {

struct ModelMemory {
  using Word = rl::atomic<std::uint64_t>;
  using Words = std::array<Word, 16>;  // Relacy has an allocator of its own.
  static Words Make(std::size_t) { return {}; }
  static std::uint64_t Load(const Word& word) {
    return word.load(rl::mo_relaxed, RL_INFO);
  }
  static void Store(Word& word, std::uint64_t value) {
    word.store(value, rl::mo_relaxed, RL_INFO);
  }
};

using Tree = BasicWinnerTree<ModelMemory>;

// Five slots: the last two are a level below the others, and share the node
// that lies between them and the root. One thread makes its word the lowest,
// the other takes away the one that was.
template <class Test>
struct TwoThreads : rl::test_suite<Test, 2> {
  std::optional<Tree> tree;

  void before() {
    tree.emplace(5);
    for (const std::size_t slot : {2, 3, 4}) {
      tree->Put(slot, 10 * slot);  // 20, 30, 40
      tree->Settle(slot);
    }
    tree->Put(4, 15);
    tree->Settle(4);
  }

  void thread(unsigned index) {
    if (index == 0) {
      tree->Put(3, 12);
      tree->Settle(3);
    } else {
      tree->Put(4, 40);
      tree->SettleAll(4);
    }
    // At any time one of the words that were put.
    const std::uint64_t lowest = tree->Lowest();
    RL_ASSERT(lowest == 12 || lowest == 15 || lowest == 20);
  }
};

struct Repaired : TwoThreads<Repaired> {
  void after() {
    for (int node = 0; node < 2; ++node) tree->Repair();
    RL_ASSERT(tree->Lowest() == 12);
  }
};

struct NotRepaired : TwoThreads<NotRepaired> {
  void after() { RL_ASSERT(tree->Lowest() == 12); }
};

// Whether all goes well in every case.
template <class Test>
bool Holds() {
  rl::test_params parameters;
  parameters.search_type = rl::sched_bound;
  parameters.context_bound = 3;
  return rl::simulate<Test>(parameters);
}

TEST(WinnerTreeModelTest, RepairFindsTheLowestWhateverThreadsHaveDone) {
  EXPECT_TRUE(Holds<Repaired>());
}

// What the first test would miss if the two could not get in each other's way.
TEST(WinnerTreeModelTest, WithoutRepairTheLowestMayStayHidden) {
  EXPECT_FALSE(Holds<NotRepaired>());
}

}  // namespace
}  // namespace els::internal
