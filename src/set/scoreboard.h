#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "src/index/index.h"
#include "src/index/word.h"
#include "src/score/expected_latency.h"
#include "src/score/moment.h"
#include "src/set/record.h"

namespace els::internal {

// Keeps the score of each backend of the set, as a word in the index.
// Thread-safe, but for the calls that change the set: one thread at a time may
// make those.
//
// A word is right when it is written. Then the score moves on, so the word is
// written again
// - when a request to the backend begins or ends;
// - when the word has come up as the lowest, before the backend is picked: the
//   score may have risen, as it does while answers are overdue;
// - by the Beat, in the round that the word names: by then the score may have
//   fallen, as it does while a failure fades.
class Scoreboard {
 public:
  // Settles a slot when it is destroyed. Declare it before the holder of the
  // record's lock, so that the lock is released first.
  class Settling {
   public:
    Settling() = default;
    ~Settling() {
      if (index_ != nullptr) index_->tree.Settle(slot_);
    }
    Settling(const Settling&) = delete;
    Settling& operator=(const Settling&) = delete;

   private:
    friend class Scoreboard;
    Index* index_ = nullptr;
    std::uint32_t slot_ = 0;
  };

  // `seed` decides ties. `first` is the index of the empty set.
  Scoreboard(std::uint64_t seed, Index& first) : seed_(seed), index_(&first) {}
  Scoreboard(const Scoreboard&) = delete;
  Scoreboard& operator=(const Scoreboard&) = delete;

  // Returns the index that picks look into. Another index may take its place at
  // any time. So look up a word only in the index that it was read from.
  Index& index() const { return *index_.load(std::memory_order_acquire); }

  // Returns the number of backends. They have the slots from 0 on.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Calls `visit` with the evidence of each backend of the set, with the
  // record's lock held. If the set changes meanwhile, a few backends may be
  // left out, or visited twice.
  template <class Visit>
  void ForEach(Visit visit) {
    const Index& index = this->index();
    const std::size_t end = std::min(size(), index.slots());
    for (std::size_t slot = 0; slot < end; ++slot) {
      Record* const record = index.Find(slot);
      if (record == nullptr) continue;
      const SpinLockHolder lock(record->lock);
      if (record->slot == slot) visit(record->evidence);
    }
  }

  // Writes the word of a backend of the set. The word names the round `due`.
  // Returns the index, in which the caller must settle the slot.
  Index& Write(const Record& record, const Terms& terms, const Moment& moment,
               std::uint32_t due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  // The same, but computes the terms and the round, and lets `settling` settle
  // the slot.
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Put(const Record& record,
                                        const Moment& moment,
                                        Settling& settling)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock) {
    const Terms terms = record.evidence.TermsAt(moment);
    settling.index_ = &Write(record, terms, moment, Due(record, terms, moment));
    settling.slot_ = record.slot;
  }

  // -- Changes of the set: by one thread at a time.

  // What the caller says of a backend.
  struct Description {
    std::uint64_t tag = 0;
    double weight = 1;
    Traits traits;
  };

  // Makes picks look into `index` from now on. REQUIRES: it has a slot for each
  // backend.
  void MoveTo(Index& index, const Moment& moment);
  // Writes all words anew.
  void Rewrite(const Moment& moment) { WriteAll(index(), moment); }
  // Counts the backend as having had no less than `fair` of its fair share of
  // the recent picks. REQUIRES: there is a slot left.
  void Add(Record& record, const Description& description, double fair,
           const Moment& moment);
  void Remove(Record& record, const Moment& moment);
  void Describe(Record& record, const Description& description,
                const Moment& moment);

 private:
  static void Set(Record& record, const Description& description)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  static std::uint32_t Due(const Record& record, const Terms& terms,
                           const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  std::uint64_t WordOf(const Record& record, const Terms& terms,
                       const Moment& moment, std::uint32_t due) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  void WriteAll(Index& index, const Moment& moment);

  // Constant after construction.
  const std::uint64_t seed_;

  // Atomic. Release when an index is ready, acquire before a thread looks into
  // the index.
  std::atomic<Index*> index_;
  // Relaxed: a thread checks what a slot holds under the lock of its record.
  std::atomic<std::size_t> size_ = 0;
};

inline std::uint32_t Scoreboard::Due(const Record& record, const Terms& terms,
                                     const Moment& moment) {
  const Evidence& evidence = record.evidence;
  const std::uint32_t rounds = evidence.RoundsToFall(moment, terms);
  // A backend is held back until the requests that wait there are late. Time
  // alone makes them late, so every round writes the word anew.
  constexpr std::uint32_t kMostHeldBack = 1;
  return moment.round + (evidence.HeldBack(moment, terms)
                             ? std::min(rounds, kMostHeldBack)
                             : rounds);
}

inline std::uint64_t Scoreboard::WordOf(const Record& record,
                                        const Terms& terms,
                                        const Moment& moment,
                                        std::uint32_t due) const {
  // Each pick of each backend gets a tie of its own.
  const Evidence& evidence = record.evidence;
  const std::uint64_t tie = DrawTie(seed_, record.slot, evidence.picks());
  if (evidence.Full()) return MakeFullWord(tie, due, record.slot);
  return MakeWord(evidence.HeldBack(moment, terms), ExpectedLatency(terms), tie,
                  due, record.slot);
}

inline Index& Scoreboard::Write(const Record& record, const Terms& terms,
                                const Moment& moment, std::uint32_t due) {
  // The caller holds the record's lock, so a word never goes to an index after
  // the set has moved on to another.
  Index& index = this->index();
  index.tree.Put(record.slot, WordOf(record, terms, moment, due));
  return index;
}

}  // namespace els::internal
