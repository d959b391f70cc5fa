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
};

// One backend, in two cache lines of its own. The memory of a record is never
// returned before its balancer and all tickets are gone, but may serve another
// backend once nobody refers to it: so whoever has found one without holding a
// reference may lock it, and must then look whether it is still the one meant.
//
// What the lock guards is a handful of words, and is held for as long as it
// takes to count, or to compute one score.
class alignas(128) Record {
 public:
  // Of a backend that is in no set.
  static constexpr std::uint32_t kNoSlot = ~std::uint32_t{0};

  // Begins to fetch both lines, so that the second does not wait for the lock
  // in the first.
  void Prefetch() const {
    const char* line = reinterpret_cast<const char*>(this);
    __builtin_prefetch(line, 1);
    __builtin_prefetch(line + 64, 1);
  }

  RecordDetails& details();
  const RecordDetails& details() const {
    return const_cast<Record*>(this)->details();
  }

  // As long as somebody refers to the record, this does not change.
  const std::string& id() const { return details().id; }

  // One more reference than that of all the others: a ticket is gone. Says
  // whether the balancer is gone too.
  bool Unrefer() {
    // Release: what was done with the ticket is done before the record serves
    // another backend, or is freed. Acquire: the last one frees it.
    return (gone_.fetch_add(kOneGone, std::memory_order_acq_rel) &
            kBalancerGone) != 0;
  }

  // The number of tickets that are not gone. Only whoever keeps the backend
  // from being picked may rely on it.
  std::uint32_t References() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return Alive(gone_.load(std::memory_order_acquire));
  }

  // From now on Unrefer says that the balancer is gone. Returns References().
  std::uint32_t BalancerIsGone() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return Alive(gone_.fetch_or(kBalancerGone, std::memory_order_acq_rel));
  }

  // Starts anew with another backend, and leaves the id of the one before in
  // `id`: it is freed once the lock is.
  void Reset(std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock);

  SpinLock lock;

 private:
  std::uint8_t place_ = 0;  // In its chunk.

 public:
  // Its place in the index, or kNoSlot.
  std::uint32_t slot ABSL_GUARDED_BY(lock) = kNoSlot;

  // Written with the lock held, and by SetBackends alone, which may therefore
  // read them without.
  std::uint64_t tag = 0;

  // Whose last bytes are free for what follows.
  [[no_unique_address]] Evidence evidence ABSL_GUARDED_BY(lock);

 private:
  friend class RecordPool;
  static constexpr std::uint32_t kBalancerGone = 1;
  static constexpr std::uint32_t kOneGone = 2;

  // Wrapping, as there are never so many tickets at once.
  std::uint32_t Alive(std::uint32_t gone) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock) {
    return (evidence.picks() - gone / kOneGone) &
           (~std::uint32_t{0} / kOneGone);
  }

  // Tickets that are gone, in units of kOneGone.
  std::atomic<std::uint32_t> gone_ = 0;
};

static_assert(sizeof(Record) == 128);

// Keeps records, and uses those again that nobody needs. Not thread-safe.
class RecordPool {
 public:
  // A record of a new backend, in no set. If this throws, nothing has changed.
  Record* Take(std::string id);
  // REQUIRES: in no set, and nobody refers to it.
  void Return(Record* record) noexcept;

  // The balancer is gone: frees all that no ticket refers to, and returns how
  // many tickets there are. Those that go from now on learn of it by Unrefer.
  std::uint64_t CloseAndCountReferences();

 private:
  friend class Record;
  static constexpr std::size_t kChunk = 16;
  struct Chunk {
    Record records[kChunk];
    RecordDetails details[kChunk];
  };

  std::vector<std::unique_ptr<Chunk>> chunks_;
  // The first free record, or null. The tag of each holds a pointer to the
  // next.
  Record* free_ = nullptr;
};

// The details of a chunk's records follow them in the same order.
inline RecordDetails& Record::details() {
  auto* chunk = reinterpret_cast<RecordPool::Chunk*>(this - place_);
  return chunk->details[place_];
}

}  // namespace els::internal
