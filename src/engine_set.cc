// How the engine's set changes while picks go on, and what is known of it.

#include <algorithm>
#include <bit>
#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "src/engine.h"
#include "src/word.h"

namespace els::internal {
namespace {

std::int64_t Nanoseconds(Duration duration) {
  return std::chrono::nanoseconds(duration).count();
}

}  // namespace

// Which records the backends of a new set have already, and which are left.
struct Engine::Match {
  std::vector<Record*> records;  // As the backends; null for those that join.
  std::vector<Record*> leaving;
};

// Mostly the set is as it was, but for some that were added, removed or
// replaced: these are found by comparing the two lists as they go, and what
// that does not find by looking it up.
Engine::Match Engine::MatchWith(absl::Span<const Backend> backends,
                                const std::vector<Record*>& old) {
  Match match;
  match.records.resize(backends.size());
  std::vector<Record*> unmatched;
  const auto same = [&](std::size_t i, std::size_t j) {
    return i < backends.size() && j < old.size() &&
           backends[i].id == old[j]->id();
  };
  std::size_t j = 0;
  for (std::size_t i = 0; i < backends.size(); ++i) {
    if (!same(i, j)) {
      if (same(i + 1, j)) continue;  // This one was added.
      if (j < old.size()) unmatched.push_back(old[j++]);
      if (!same(i, j)) continue;  // It was replaced.
    }
    match.records[i] = old[j++];
  }
  unmatched.insert(
      unmatched.end(),
      old.begin() + static_cast<std::ptrdiff_t>(std::min(j, old.size())),
      old.end());

  std::unordered_map<std::string_view, Record*> by_id;
  for (Record* record : unmatched) by_id.emplace(record->id(), record);
  for (std::size_t i = 0; i < backends.size() && !by_id.empty(); ++i) {
    if (match.records[i] != nullptr) continue;
    const auto found = by_id.find(backends[i].id);
    if (found == by_id.end()) continue;
    match.records[i] = found->second;
    by_id.erase(found);
  }
  for (Record* record : unmatched) {
    if (by_id.contains(record->id())) match.leaving.push_back(record);
  }
  return match;
}

void Engine::SetOptions(const Options& options, TimePoint now) {
  const MutexLock lock(set_mutex_);
  options_ = options;
  choice_.store(options.choice, std::memory_order_relaxed);
  moment_.SetOptions(options);
  {
    const SpinLockHolder beat_lock(beat_lock_);
    fleet_.SetOptions(options);
    fleet_.Publish(moment_);
    beat_ns_.store(fleet_.beat_ns(), std::memory_order_relaxed);
  }
  WriteAllWords(*index_.load(std::memory_order_relaxed), NoteTime(now));
}

// Holds new records for backends that are to join, until they do.
class Engine::Newcomers {
 public:
  Newcomers(RecordPool& pool, std::size_t most) : pool_(pool) {
    records_.reserve(most);
  }
  ~Newcomers() {
    for (Record* record : records_) pool_.Return(record);
  }
  Newcomers(const Newcomers&) = delete;
  Newcomers& operator=(const Newcomers&) = delete;

  void Add(std::string_view id) {
    records_.push_back(pool_.Take(std::string(id)));
  }
  void Turn() { std::reverse(records_.begin(), records_.end()); }
  Record* Next() noexcept {
    Record* const record = records_.back();
    records_.pop_back();
    return record;
  }

 private:
  RecordPool& pool_;
  std::vector<Record*> records_;
};

// All that may fail comes first, and changes nothing that anybody could see.
void Engine::SetBackends(absl::Span<const Backend> backends, TimePoint now) {
  const MutexLock lock(set_mutex_);
  const Moment moment = NoteTime(now);
  members_.Forget(moment.now_ns, Nanoseconds(options_.removed_memory));

  std::vector<Record*> old;
  old.reserve(members_.order.size());
  for (const std::uint32_t slot : members_.order) {
    old.push_back(&index_.load(std::memory_order_relaxed)->RecordAt(slot));
  }
  Match match = MatchWith(backends, old);
  Newcomers newcomers(members_.pool(),
                      backends.size() - (old.size() - match.leaving.size()));
  for (std::size_t i = 0; i < backends.size(); ++i) {
    if (match.records[i] != nullptr) continue;
    if (members_.Remembered(backends[i].id) == nullptr) {
      newcomers.Add(backends[i].id);
    }
  }
  newcomers.Turn();
  members_.ReserveLeaves(match.leaving);
  std::vector<std::uint32_t> order(backends.size());
  Index& index = *FindRoom(std::max(old.size(), backends.size()) + 1);
  ChangeSet(backends, match, newcomers, index, moment);

  for (std::size_t i = 0; i < backends.size(); ++i) {
    const SpinLockHolder record_lock(match.records[i]->lock);
    order[i] = match.records[i]->slot;
  }
  members_.order.swap(order);
  const SpinLockHolder beat_lock(beat_lock_);
  fleet_.SetBackends(backends.size());
  fleet_.Publish(moment_);
  beat_ns_.store(fleet_.beat_ns(), std::memory_order_relaxed);
  StartRound();
}

// Each that leaves does so after one that joins, so that picks meanwhile find a
// set that is neither empty nor much larger.
void Engine::ChangeSet(absl::Span<const Backend> backends, Match& match,
                       Newcomers& newcomers, Index& index,
                       const Moment& moment) noexcept {
  MoveTo(index, moment);
  std::size_t left = 0;
  for (std::size_t i = 0; i < backends.size(); ++i) {
    if (match.records[i] != nullptr) {
      Describe(*match.records[i], backends[i], moment);
      continue;
    }
    match.records[i] = members_.Remembered(backends[i].id);
    if (match.records[i] != nullptr) {
      members_.Return(backends[i].id);
    } else {
      match.records[i] = newcomers.Next();
    }
    Join(*match.records[i], backends[i], moment);
    if (left < match.leaving.size()) Leave(match.leaving[left++], moment);
  }
  while (left < match.leaving.size()) Leave(match.leaving[left++], moment);
}

// Not before the latest time known, as a step back is no step.
Moment Engine::NoteTime(TimePoint now) {
  const SpinLockHolder beat_lock(beat_lock_);
  const std::int64_t time = std::max(time_.At(now), time_.now());
  time_.Advance(time);
  return moment_.Read(time);
}

// What SetBackends alone writes it may read without the lock.
void Engine::Describe(Record& record, const Backend& backend,
                      const Moment& moment) {
  const auto is_so = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return record.tag == backend.tag &&
           record.evidence.distance() == backend.distance;
  };
  if (is_so()) return;
  ToSettle to_settle;
  const SpinLockHolder lock(record.lock);
  record.tag = backend.tag;
  record.evidence.CatchUp(moment);
  record.evidence.set_distance(backend.distance);
  to_settle.Note(PutWord(record, moment), record.slot);
}

void Engine::Join(Record& record, const Backend& backend,
                  const Moment& moment) {
  const auto slot =
      static_cast<std::uint32_t>(size_.load(std::memory_order_relaxed));
  index_.load(std::memory_order_relaxed)->SetRecord(slot, &record);
  {
    ToSettle to_settle;
    const SpinLockHolder lock(record.lock);
    record.slot = slot;
    record.tag = backend.tag;
    record.evidence.CatchUp(moment);
    record.evidence.set_distance(backend.distance);
    to_settle.Note(PutWord(record, moment), slot);
  }
  size_.store(slot + 1, std::memory_order_relaxed);
}

// The last one takes the slot that becomes free.
void Engine::Leave(Record* record, const Moment& moment) {
  Index& index = *index_.load(std::memory_order_relaxed);
  const std::size_t last = size_.load(std::memory_order_relaxed) - 1;
  // First, so that picks know when there is nothing left to find.
  size_.store(last, std::memory_order_relaxed);
  std::uint32_t slot = 0;
  {
    const SpinLockHolder lock(record->lock);
    slot = std::exchange(record->slot, Record::kNoSlot);
    index.tree.Put(slot, WinnerTree::kNone);
  }
  if (slot != last) {
    Record& moving = index.RecordAt(last);
    index.SetRecord(slot, &moving);
    const SpinLockHolder lock(moving.lock);
    moving.evidence.CatchUp(moment);
    moving.slot = slot;
    PutWord(moving, moment);
    index.tree.Put(last, WinnerTree::kNone);
  }
  index.tree.Settle(slot);
  index.tree.Settle(last);
  members_.Leave(record, moment.now_ns);
}

// Picks go on in the index that there is, until the new one has all words; then
// all words are written once more, since some may have changed in between.
void Engine::MoveTo(Index& index, const Moment& moment) {
  Index& old = *index_.load(std::memory_order_relaxed);
  if (&index == &old) return;
  const std::size_t size = size_.load(std::memory_order_relaxed);
  for (std::size_t slot = 0; slot < index.slots(); ++slot) {
    index.tree.Put(slot, WinnerTree::kNone);
    if (slot < size) index.SetRecord(slot, &old.RecordAt(slot));
  }
  WriteAllWords(index, moment);
  index.tree.set_count(old.tree.count());
  // Release: whoever finds the index finds all that is in it.
  index_.store(&index, std::memory_order_release);
  WriteAllWords(index, moment);
}

void Engine::WriteAllWords(Index& index, const Moment& moment) {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  for (std::size_t slot = 0; slot < size; ++slot) {
    Record& record = index.RecordAt(slot);
    {
      const SpinLockHolder lock(record.lock);
      record.evidence.CatchUp(moment);
      index.tree.Put(slot, WordOf(record,
                                  record.evidence.TermsAt(
                                      moment, record.details().mishaps),
                                  moment));
    }
    index.tree.Settle(slot);
  }
}

// One that is not much too large, or a new one: exactly as large as the first
// set, and of one of few sizes after it, each twice the one before. So a set
// that grows step by step seldom needs a new one, and there are at most 15 in
// all.
Index* Engine::FindRoom(std::size_t slots) {
  constexpr std::size_t kSmall = 16;
  const auto next =
      std::find_if(indexes_.begin(), indexes_.end(),
                   [&](const auto& index) { return index->slots() >= slots; });
  if (next != indexes_.end() &&
      (*next)->slots() <= std::max(8 * slots, kSmall)) {
    return next->get();
  }
  const std::size_t room =
      indexes_.size() == 1 ? std::max(slots, kSmall)
                           : std::min(std::bit_ceil(std::max(slots, kSmall)),
                                      Balancer::kMaxBackends + 1);
  return indexes_.insert(next, std::make_unique<Index>(room))->get();
}

// The means with what they will be told at the end of the next round.
Moment Engine::FreshMoment(TimePoint now) const {
  Moment moment = moment_.Read(time_.PeekAt(now));
  const auto copy = [&] {
    const SpinLockHolder lock(beat_lock_);
    return fleet_;
  };
  Fleet fleet = copy();
  const Index& index = *index_.load(std::memory_order_relaxed);
  fleet.StartRound();
  for (const std::uint32_t slot : members_.order) {
    BackendCopy copy_of = CopyOf(index.RecordAt(slot), moment);
    fleet.Gather(copy_of.evidence);
  }
  fleet.EndRound();
  fleet.WriteMeans(moment);
  return moment;
}

std::vector<BackendSnapshot> Engine::Snapshot(TimePoint now) const {
  const MutexLock lock(set_mutex_);
  const Moment moment = FreshMoment(now);
  const Index& index = *index_.load(std::memory_order_relaxed);
  std::vector<BackendSnapshot> snapshots;
  snapshots.reserve(members_.order.size());
  const auto add = [&](Record& record, bool removed) {
    BackendCopy copy = CopyOf(record, moment);
    if (removed && copy.evidence.outstanding() == 0) return;
    snapshots.push_back(SnapshotOf(std::move(copy), moment));
    snapshots.back().removed = removed;
  };
  for (const std::uint32_t slot : members_.order) {
    add(index.RecordAt(slot), false);
  }
  members_.ForEachDeparted([&](Record& record) { add(record, true); });
  return snapshots;
}

}  // namespace els::internal
