#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "absl/types/span.h"

namespace els::internal {

// How WinnerTree reaches memory that threads share. A model checker uses
// another class in its place, which shows every step.
struct SharedMemory {
  using Word = std::atomic<std::uint64_t>;
  // Whole cache lines, so that a small tree lies in one.
  struct Delete {
    void operator()(Word* words) const {
      ::operator delete[](words, std::align_val_t{64});
    }
  };
  using Words = std::unique_ptr<Word[], Delete>;
  static Words Make(std::size_t count) {
    return Words(new (std::align_val_t{64}) Word[count]);
  }

  // Relaxed: a reader uses nothing but the word itself. Other means guard what
  // the word stands for.
  static std::uint64_t Load(const Word& word) {
    return word.load(std::memory_order_relaxed);
  }
  static void Store(Word& word, std::uint64_t value) {
    word.store(value, std::memory_order_relaxed);
  }
};

// The lowest of many words, kept while many threads change them. Each word has
// a slot of its own.
//
//                  [3]                    node 0: the lowest of all
//                   |
//      [3        4        5        6]     nodes 1 to 4, the children of 0
//       |        |        |        :
//   [9 3 8 4] [7 . 4 .] [6 5 9 .]         nodes 5 to 20: slots 0, 1, 2, ...
//
// The children of node i are the nodes 4i + 1 to 4i + 4. Four siblings are half
// a cache line, and the tree is half as deep as a binary one. Node i lies at
// words_[i + 3], so siblings share a line, and the children of the root share
// the root's. The slots are the last nodes, so some slots may be a level higher
// than others.
//
//  1. One thread at a time writes a slot's word. The caller sees to it.
//  2. Settle(slot) gives every node above the slot the lowest word of its
//     children, from below, with plain loads and stores. It stops at the first
//     node that has that word already, so not every pick writes the root.
//  3. So if no calls overlap, every node has the lowest word of all slots below
//     it.
//  4. If calls overlap, one call may write a node from children that it has
//     read before another call changed them. Then a node may have a word that
//     its slot has no longer, or lack a word that its slot has. A thread that
//     takes the lowest word therefore looks into its slot, and calls SettleAll
//     if the slot has another word. And Repair looks at every node in turn. No
//     node ever has a word that was in no slot.
//
// A fence in each Settle, and a second look, would make 3 hold without Repair.
// Both together cost a fifth of a pick and a finish.
template <class Memory>
class BasicWinnerTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Makes room for `slots` words, all kNone. O(slots).
  explicit BasicWinnerTree(std::size_t slots)
      : inner_((slots + 1) / 3), slots_(slots), words_(Memory::Make(Size())) {
    for (std::size_t i = 0; i < Size(); ++i) Memory::Store(words_[i], kNone);
    Memory::Store(words_[kNextRepair], 0);
  }

  std::size_t slots() const { return slots_; }

  // Returns the lowest word, or kNone if there is none.
  std::uint64_t Lowest() const { return Node(0); }

  std::uint64_t Get(std::size_t slot) const { return Node(inner_ + slot); }

  // Writes a word. Settle then makes it known to the nodes above. REQUIRES: no
  // other thread is writing the slot's word.
  void Put(std::size_t slot, std::uint64_t word) {
    Memory::Store(words_[kRoot + inner_ + slot], word);
  }

  // Makes the word of a slot known to the nodes above it. O(log slots).
  void Settle(std::size_t slot) {
    std::size_t at = kRoot + inner_ + slot;
    std::uint64_t lowest = Memory::Load(words_[at]);
    while (at != kRoot) {
      lowest = LowestOfFour(at, lowest);
      at = at / 4 + 2;
      if (Memory::Load(words_[at]) == lowest) return;
      Memory::Store(words_[at], lowest);
    }
  }

  // The same as Settle, but goes up to the root in any case. Call it after a
  // node had a word that the slot below has no longer. O(log slots).
  void SettleAll(std::size_t slot) {
    std::size_t at = kRoot + inner_ + slot;
    std::uint64_t lowest = Memory::Load(words_[at]);
    while (at != kRoot) {
      lowest = LowestOfFour(at, lowest);
      at = at / 4 + 2;
      Memory::Store(words_[at], lowest);
    }
  }

  // Gives one node the lowest word of its children. Each call takes the node
  // before that of the last call, and after the root the last node above the
  // slots. A pass over all nodes is at most slots() / 3 + 1 calls. If no other
  // calls overlap it, a pass that begins with the last node makes 3 hold again.
  // Two passes do so from any node on. O(1).
  void Repair() {
    if (inner_ == 0) return;
    std::uint64_t node = Memory::Load(words_[kNextRepair]);
    node = node == 0 ? inner_ - 1 : node - 1;
    Memory::Store(words_[kNextRepair], node);
    const std::size_t first_child = kRoot + 4 * node + 1;
    const std::uint64_t lowest =
        LowestOfFour(first_child, Memory::Load(words_[first_child]));
    if (Memory::Load(words_[kRoot + node]) == lowest) return;
    Memory::Store(words_[kRoot + node], lowest);
  }

  // Returns the lowest word of all slots but the `excluded`. O(excluded^2 log^2
  // slots).
  std::uint64_t LowestBut(absl::Span<const std::size_t> excluded) const {
    return LowestBut(0, excluded);
  }

 private:
  static constexpr std::size_t kRoot = 3;
  // The first of the three words before the root is the number of the node that
  // was repaired last.
  static constexpr std::size_t kNextRepair = 0;

  // Includes the missing siblings of the last slot.
  std::size_t Size() const { return kRoot + inner_ + slots_ + 3; }

  static std::size_t Parent(std::size_t node) { return (node - 1) / 4; }

  std::uint64_t Node(std::size_t node) const {
    return Memory::Load(words_[kRoot + node]);
  }

  static std::uint64_t Lower(std::uint64_t a, std::uint64_t b) {
    return b < a ? b : a;
  }

  // Returns the lowest of the word at `at`, which is given, and its three
  // siblings. It does not read the word at `at` again, so no level waits for
  // the store of the level below.
  std::uint64_t LowestOfFour(std::size_t at, std::uint64_t word) const {
    return Lower(
        Lower(word, Memory::Load(words_[at ^ 1])),
        Lower(Memory::Load(words_[at ^ 2]), Memory::Load(words_[at ^ 3])));
  }

  bool Above(std::size_t node, std::size_t slot) const {
    std::size_t below = inner_ + slot;
    while (below > node) below = Parent(below);
    return below == node;
  }

  std::uint64_t LowestBut(std::size_t node,
                          absl::Span<const std::size_t> excluded) const {
    const bool whole =
        std::none_of(excluded.begin(), excluded.end(),
                     [&](std::size_t slot) { return Above(node, slot); });
    if (whole) return Node(node);
    std::uint64_t lowest = kNone;
    if (node >= inner_) return lowest;
    const std::size_t first = 4 * node + 1;
    for (std::size_t child = first; child < first + 4; ++child) {
      if (child >= inner_ + slots_) break;
      lowest = std::min(lowest, LowestBut(child, excluded));
    }
    return lowest;
  }

  const std::size_t inner_;  // Nodes above the slots.
  const std::size_t slots_;
  typename Memory::Words words_;
};

using WinnerTree = BasicWinnerTree<SharedMemory>;

}  // namespace els::internal
