#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace els::internal {

// Finds the slot of an id, while one thread at a time changes the table. A
// look-up that overlaps a change may miss an id, or find a slot that has
// another backend by now. Open addressing with linear probing, at most half
// full.
class IdTable {
 public:
  explicit IdTable(std::size_t slots)
      : mask_(std::bit_ceil(2 * slots + 1) - 1),
        entries_(new std::atomic<std::uint64_t>[mask_ + 1]()) {}

  // Returns a hash by FNV-1a, of which the upper half is good (Fowler, Noll and
  // Vo, IETF draft).
  static std::uint32_t Hash(std::string_view id) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : id) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return static_cast<std::uint32_t>(hash >> 32 ^ hash);
  }

  // Returns the first slot with this hash that `is_it` returns true for, or
  // kNone.
  template <class Predicate>
  std::size_t Find(std::uint32_t hash, Predicate is_it) const {
    for (std::size_t at = hash & mask_, looks = 0; looks <= mask_;
         at = Next(at), ++looks) {
      const std::uint64_t entry = Load(at);
      if (entry == kFree) return kNone;
      if (HashOf(entry) == hash && is_it(SlotOf(entry))) return SlotOf(entry);
    }
    return kNone;
  }
  static constexpr std::size_t kNone = ~std::size_t{0};

  // -- Changes: by one thread at a time.

  void Clear() {
    for (std::size_t at = 0; at <= mask_; ++at) Store(at, kFree);
  }
  // REQUIRES: the table has fewer slots than the constructor was given.
  void Insert(std::uint32_t hash, std::size_t slot) {
    std::size_t at = hash & mask_;
    while (Load(at) != kFree) at = Next(at);
    Store(at, std::uint64_t{hash} << 32 | (slot + 1));
  }
  // REQUIRES: the slot was inserted with this hash.
  void Erase(std::uint32_t hash, std::size_t slot) {
    std::size_t hole = hash & mask_;
    while (Load(hole) != (std::uint64_t{hash} << 32 | (slot + 1))) {
      hole = Next(hole);
    }
    // Moves up what would not be found beyond the hole.
    for (std::size_t at = Next(hole); Load(at) != kFree; at = Next(at)) {
      const std::size_t from_home = (at - HashOf(Load(at))) & mask_;
      if (from_home < ((at - hole) & mask_)) continue;
      Store(hole, Load(at));
      hole = at;
    }
    Store(hole, kFree);
  }

 private:
  // An entry is the hash in its upper half, and the slot + 1 in the lower.
  static constexpr std::uint64_t kFree = 0;
  static std::uint32_t HashOf(std::uint64_t entry) {
    return static_cast<std::uint32_t>(entry >> 32);
  }
  static std::size_t SlotOf(std::uint64_t entry) {
    return static_cast<std::uint32_t>(entry) - 1;
  }

  // Relaxed: who finds a slot checks what it holds under the record's lock.
  std::uint64_t Load(std::size_t at) const {
    return entries_[at].load(std::memory_order_relaxed);
  }
  void Store(std::size_t at, std::uint64_t entry) {
    entries_[at].store(entry, std::memory_order_relaxed);
  }
  std::size_t Next(std::size_t at) const { return (at + 1) & mask_; }

  const std::size_t mask_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> entries_;
};

}  // namespace els::internal
