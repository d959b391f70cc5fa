#include "src/set/scoreboard.h"

#include <utility>

namespace els::internal {

// Picks go on in the old index until the new index has all words. Then all
// words are written once more, since some may have changed in between.
void Scoreboard::MoveTo(Index& index, const Moment& moment) {
  const Index& old = this->index();
  if (&index == &old) return;
  index.ids.Clear();
  for (std::size_t slot = 0; slot < index.slots(); ++slot) {
    index.tree.Put(slot, WinnerTree::kNone);
    if (slot >= size()) continue;
    Record& record = old.RecordAt(slot);
    index.SetRecord(slot, &record);
    index.ids.Insert(IdTable::Hash(record.id()), slot);
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

void Scoreboard::Set(Record& record, const Description& description) {
  record.tag = description.tag;
  record.details().weight = description.weight;
  record.evidence.set_traits(description.traits);
}

void Scoreboard::Add(Record& record, const Description& description,
                     double fair, const Moment& moment) {
  const auto slot = static_cast<std::uint32_t>(size());
  index().SetRecord(slot, &record);
  index().ids.Insert(IdTable::Hash(record.id()), slot);
  {
    Settling settling;
    const SpinLockHolder lock(record.lock);
    record.slot = slot;
    record.evidence.CatchUp(moment);
    Set(record, description);
    record.evidence.Forgive(moment, fair);
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
  index.ids.Erase(IdTable::Hash(record.id()), slot);
  if (slot != last) {
    Record& moving = index.RecordAt(last);
    const std::uint32_t hash = IdTable::Hash(moving.id());
    index.SetRecord(slot, &moving);
    index.ids.Erase(hash, last);
    index.ids.Insert(hash, slot);
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

// Only changes of the set write the description, so a change of the set may
// read it without the lock.
void Scoreboard::Describe(Record& record, const Description& description,
                          const Moment& moment) {
  const auto is_so = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return record.tag == description.tag &&
           record.details().weight == description.weight &&
           record.evidence.traits() == description.traits;
  };
  if (is_so()) return;
  Settling settling;
  const SpinLockHolder lock(record.lock);
  record.evidence.CatchUp(moment);
  Set(record, description);
  Put(record, moment, settling);
}

}  // namespace els::internal
