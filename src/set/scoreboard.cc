#include "src/set/scoreboard.h"

#include <utility>

namespace els::internal {

// Picks go on in the old index until the new index has all words. Then all
// words are written once more, since some may have changed in between.
void Scoreboard::MoveTo(Index& index, const Moment& moment) {
  const Index& old = this->index();
  if (&index == &old) return;
  for (std::size_t slot = 0; slot < index.slots(); ++slot) {
    index.tree.Put(slot, WinnerTree::kNone);
    if (slot < size()) index.SetRecord(slot, &old.RecordAt(slot));
  }
  WriteAll(index, moment);
  // Release: a thread that finds the index finds all that is in it.
  index_.store(&index, std::memory_order_release);
  WriteAll(index, moment);
}

void Scoreboard::WriteAll(Index& index, const Moment& moment) {
  for (std::size_t slot = 0; slot < size(); ++slot) {
    Record& record = index.RecordAt(slot);
    {
      const SpinLockHolder lock(record.lock);
      record.evidence.CatchUp(moment);
      const Terms terms = record.evidence.TermsAt(moment);
      index.tree.Put(slot,
                     WordOf(record, terms, moment, Due(record, terms, moment)));
    }
    index.tree.Settle(slot);
  }
}

void Scoreboard::Add(Record& record, std::uint64_t tag, double distance,
                     const Moment& moment) {
  const auto slot = static_cast<std::uint32_t>(size());
  index().SetRecord(slot, &record);
  {
    Settling settling;
    const SpinLockHolder lock(record.lock);
    record.slot = slot;
    record.tag = tag;
    record.evidence.CatchUp(moment);
    record.evidence.set_distance(distance);
    Put(record, moment, settling);
  }
  size_.store(slot + 1, std::memory_order_relaxed);
}

// The backend in the last slot moves to the slot that becomes free.
void Scoreboard::Remove(Record& record, const Moment& moment) {
  Index& index = this->index();
  const std::size_t last = size() - 1;
  // First, so that picks know when there is nothing left to find.
  size_.store(last, std::memory_order_relaxed);
  std::uint32_t slot = 0;
  {
    const SpinLockHolder lock(record.lock);
    slot = std::exchange(record.slot, Record::kNoSlot);
    index.tree.Put(slot, WinnerTree::kNone);
  }
  if (slot != last) {
    Record& moving = index.RecordAt(last);
    index.SetRecord(slot, &moving);
    Settling settling;
    const SpinLockHolder lock(moving.lock);
    moving.evidence.CatchUp(moment);
    moving.slot = slot;
    Put(moving, moment, settling);
    index.tree.Put(last, WinnerTree::kNone);
  }
  index.tree.Settle(slot);
  index.tree.Settle(last);
}

// Only changes of the set write the tag and the distance, so a change of the
// set may read them without the lock.
void Scoreboard::Describe(Record& record, std::uint64_t tag, double distance,
                          const Moment& moment) {
  const auto is_so = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return record.tag == tag && record.evidence.distance() == distance;
  };
  if (is_so()) return;
  Settling settling;
  const SpinLockHolder lock(record.lock);
  record.tag = tag;
  record.evidence.CatchUp(moment);
  record.evidence.set_distance(distance);
  Put(record, moment, settling);
}

}  // namespace els::internal
