#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "src/base/spin_lock.h"
#include "src/score/evidence.h"

namespace els::internal {

// The part of a record that few calls need.
struct RecordDetails {
  std::string id;
  Mishaps mishaps;
  double weight = 1;  // Backend::weight. The evidence has what follows from it.
};

// One backend, in three cache lines of its own. The memory of a record is not
// freed before the balancer is gone and all tickets of the record are gone. But
// the record may serve another backend once nobody refers to it. So a thread
// that has found a record without holding a reference may lock it, and must
// then check that the record is still the one it looked for.
//
// The lock guards a handful of words. A thread holds it for as long as it takes
// to count, or to compute one score.
class alignas(64) Record {
 public:
  // The slot of a backend that is in no set.
  static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

  // Begins to fetch all lines, so that the others do not wait for the lock in
  // the first.
  void Prefetch() const {
    const char* line = reinterpret_cast<const char*>(this);
    __builtin_prefetch(line, 1);
    __builtin_prefetch(line + 64, 1);
    __builtin_prefetch(line + 128, 1);
  }

  RecordDetails& details();
  const RecordDetails& details() const {
    return const_cast<Record*>(this)->details();
  }

  // The id does not change as long as the record is in the set or anybody
  // refers to it.
  const std::string& id() const { return details().id; }

  // Counts one ticket as gone. Returns true if the balancer was closed before.
  bool Unrefer() {
    // Release: all that was done with the ticket is done before the record
    // serves another backend or is freed. Acquire: the last ticket frees the
    // record.
    return (gone_.fetch_add(kOneGone, std::memory_order_acq_rel) &
            kBalancerGone) != 0;
  }

  // Returns the number of tickets that are not gone. The number holds only
  // while the caller keeps the backend from being picked.
  std::uint32_t References() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return Alive(gone_.load(std::memory_order_acquire));
  }

  // Marks the balancer as closed: from now on Unrefer returns true. Returns
  // References().
  std::uint32_t BalancerIsGone() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return Alive(gone_.fetch_or(kBalancerGone, std::memory_order_acq_rel));
  }

  // Makes the record that of another backend, whose id is `id`. Puts the id of
  // the backend before into `id`, so that the caller can free that id without
  // the lock. REQUIRES: nobody refers to the record.
  void Reset(std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);

  SpinLock lock;

 private:
  std::uint8_t place_ = 0;  // Its index in the chunk.

 public:
  // Its slot in the index, or kNoSlot.
  std::uint32_t slot ABSL_GUARDED_BY(lock) = kNoSlot;

  // Only SetBackends writes the tag, with the lock held. So SetBackends may
  // read it without the lock.
  std::uint64_t tag = 0;

  // gone_ may lie in the last bytes of the evidence, if they are free.
  [[no_unique_address]] Evidence evidence ABSL_GUARDED_BY(lock);

 private:
  friend class RecordPool;
  static constexpr std::uint32_t kBalancerGone = 1;
  static constexpr std::uint32_t kOneGone = 2;

  // Returns the number of tickets that are not gone. Both counts wrap, as there
  // are never so many tickets at once.
  std::uint32_t Alive(std::uint32_t gone) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return (evidence.picks() - gone / kOneGone) &
           (~std::uint32_t{0} / kOneGone);
  }

  // The number of tickets that are gone, in units of kOneGone, and
  // kBalancerGone.
  std::atomic<std::uint32_t> gone_ = 0;
};

static_assert(sizeof(Record) == 192);

// Keeps records, and uses those again that nobody needs. Not thread-safe.
class RecordPool {
 public:
  // Returns a record for a new backend, in no set. If this throws, nothing has
  // changed.
  Record* Take(std::string id);
  // REQUIRES: the record is in no set, and nobody refers to it.
  void Return(Record* record) noexcept;

  // Marks the balancer as closed. Frees each chunk of records that no ticket
  // refers to. Returns the number of tickets that are not gone. Those tickets
  // learn from Unrefer that the balancer is closed.
  std::uint64_t CloseAndCountReferences();

 private:
  friend class Record;
  static constexpr std::size_t kChunk = 16;
  struct Chunk {
    Record records[kChunk];
    RecordDetails details[kChunk];
  };

  std::vector<std::unique_ptr<Chunk>> chunks_;
  // The first free record, or null. The tag of a free record holds a pointer to
  // the next.
  Record* free_ = nullptr;
};

// The details of a chunk follow its records in the same order.
inline RecordDetails& Record::details() {
  auto* chunk = reinterpret_cast<RecordPool::Chunk*>(this - place_);
  return chunk->details[place_];
}

}  // namespace els::internal
