#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "absl/types/span.h"

namespace els::internal {

// How WinnerTree reaches memory that threads share; another one than this lets
// a model checker see every step.
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

  // Relaxed: a word is all that is read of it, and what it stands for is
  // guarded by other means.
  static std::uint64_t Load(const Word& word) {
    return word.load(std::memory_order_relaxed);
  }
  static void Store(Word& word, std::uint64_t value) {
    word.store(value, std::memory_order_relaxed);
  }
};

// The lowest of many words, each in a slot of its own, kept while many threads
// change them.
//
//                  [3]                    node 0: the lowest of all
//                   |
//      [3        4        5        6]     nodes 1 to 4, the children of 0
//       |        |        |        :
//   [9 3 8 4] [7 . 4 .] [6 5 9 .]         nodes 5 to 20: slots 0, 1, 2, ...
//
// The children of node i are the nodes 4i + 1 to 4i + 4: four to a node, since
// they are then half a cache line, and the tree half as deep as a binary one.
// Node i lies at words_[i + 3], so that siblings share a line, and those of the
// root the root's. The slots are the last nodes, so that some may be a level
// higher than others.
//
//  1. A slot's word is written by one thread at a time: its caller sees to it.
//  2. Settle(slot) gives every node above the slot the lowest word of its
//     children, from below, with plain loads and stores, up to the first node
//     that has it already: so the root is not written by every pick.
//  3. So with calls that do not overlap, every node has the lowest word of all
//     slots below it.
//  4. Of calls that overlap, one may write a node from children it has read
//     before another changed them. A node may then have a word that its slot
//     has no longer, or lack one that its slot has. Who takes the lowest word
//     looks into its slot, and calls SettleAll if it is another; and Repair
//     looks at every node in turn. No node ever has a word that was in no slot.
//
// A fence in each Settle, and a second look, would make 3 hold without Repair;
// both together cost a fifth of a pick and a finish.
template <class Memory>
class BasicWinnerTree {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Room for `slots` words, all kNone. O(slots).
  explicit BasicWinnerTree(std::size_t slots)
      : inner_((slots + 1) / 3), slots_(slots), words_(Memory::Make(Size())) {
    for (std::size_t i = 0; i < Size(); ++i) Memory::Store(words_[i], kNone);
    Memory::Store(words_[kNextRepair], 0);
  }

  std::size_t slots() const { return slots_; }

  // The lowest word; kNone if there is none.
  std::uint64_t Lowest() const { return Node(0); }

  std::uint64_t Get(std::size_t slot) const { return Node(inner_ + slot); }

  // Writes a word, and leaves it to Settle to make it known further up.
  // REQUIRES: no other thread is writing it.
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

  // The same, whatever the nodes above it have: after a word was found in one
  // of them that its slot has no longer.
  void SettleAll(std::size_t slot) {
    std::size_t at = kRoot + inner_ + slot;
    std::uint64_t lowest = Memory::Load(words_[at]);
    while (at != kRoot) {
      lowest = LowestOfFour(at, lowest);
      at = at / 4 + 2;
      Memory::Store(words_[at], lowest);
    }
  }

  // Gives the next node, the last of them first, the lowest word of its
  // children: slots() / 3 + 1 calls that overlap no others make 3 hold again.
  // O(1).
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

  // The lowest word of all slots but the `excluded`. O(excluded^2 log^2 slots).
  std::uint64_t LowestBut(absl::Span<const std::size_t> excluded) const {
    return LowestBut(0, excluded);
  }

 private:
  static constexpr std::size_t kRoot = 3;
  // The first word, of the three before the root, is the node that was repaired
  // last.
  static constexpr std::size_t kNextRepair = 0;

  // With the missing siblings of the last.
  std::size_t Size() const { return kRoot + inner_ + slots_ + 3; }

  static std::size_t Parent(std::size_t node) { return (node - 1) / 4; }

  std::uint64_t Node(std::size_t node) const {
    return Memory::Load(words_[kRoot + node]);
  }

  static std::uint64_t Lower(std::uint64_t a, std::uint64_t b) {
    return b < a ? b : a;
  }

  // Of the word at `at`, which is given, and its three siblings. Not the word
  // at `at` once more, so that no level waits for the store of the one below.
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
