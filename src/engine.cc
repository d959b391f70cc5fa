#include "src/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "els/random.h"
#include "src/word.h"

namespace els::internal {
namespace {

// How many slots one pick goes through at the most: some microseconds' worth.
// The rest of the round is left to those that follow.
constexpr std::size_t kLongestSweep = 256;

// How far what scores are made of may move between two rounds: as little as
// costs nothing that could be measured, which is more in a large set.
double Staleness(std::size_t size) {
  return std::min(0.02, 0.001 + 5e-6 * static_cast<double>(size));
}

// A beat comes once the picks have become more by Fleet::growth, while what is
// known is little, and no later than after so many, or a quarter of one for
// each backend.
constexpr std::size_t kPicksPerBeat = 64;

// Uniform in [1 - spread, 1 + spread].
double DrawStretch(double spread, std::uint64_t seed) {
  return 1 + spread * (2 * Random(seed).Uniform() - 1);
}

}  // namespace

Engine::Engine(const Options& options, std::uint64_t seed, bool exact)
    : seed_(seed),
      exact_(exact),
      choice_(options.choice),
      fleet_(options, DrawStretch(options.success_memory_spread, seed)),
      options_(options) {
  indexes_.push_back(std::make_unique<Index>(1));
  index_ = indexes_.back().get();
  beat_ns_ = fleet_.beat_ns();
  moment_.SetOptions(options);
  fleet_.Publish(moment_);
}

void Engine::Close(Engine* engine) {
  std::uint64_t references = 0;
  {
    const MutexLock lock(engine->set_mutex_);
    references = engine->members_.pool().CloseAndCountReferences();
  }
  engine->OneLess(kOpen - references);
}

void Engine::OneLess(std::uint64_t references) {
  // Both: what others did with the engine comes before it is deleted.
  if (references_.fetch_sub(references, std::memory_order_acq_rel) ==
      references) {
    delete this;
  }
}

Moment Engine::MomentAt(TimePoint now) { return moment_.Read(time_.At(now)); }

void Engine::Settle(Record& record, std::int64_t start_ns, Outcome outcome,
                    TimePoint now, bool over) {
  record.Prefetch();
  const Moment moment = MomentAt(now);
  ToSettle to_settle;
  const SpinLockHolder lock(record.lock);
  Evidence& evidence = record.evidence;
  evidence.CatchUp(moment);
  evidence.Settled(start_ns);
  evidence.Learn(outcome, moment.now_ns - start_ns, moment,
                 record.details().mishaps);
  if (over) evidence.Released();
  if (record.slot == Record::kNoSlot) return;
  to_settle.Note(PutWord(record, moment), record.slot);
}

void Engine::Released(Record& record) {
  const Moment moment = moment_.Read(time_.now());
  ToSettle to_settle;
  const SpinLockHolder lock(record.lock);
  record.evidence.CatchUp(moment);
  record.evidence.Released();
  if (record.slot == Record::kNoSlot) return;
  to_settle.Note(PutWord(record, moment), record.slot);
}

void Engine::Drop(Record& record, std::int64_t start_ns, bool answered) {
  if (!answered) {
    const SpinLockHolder lock(record.lock);
    record.evidence.Settled(start_ns);
  }
  Released(record);
}

void Engine::CountLateFinish(Record& record) {
  const SpinLockHolder lock(record.lock);
  ++record.details().mishaps.late_finishes;
}

// As time passes, and while it stands still, as picks are made.
bool Engine::DueToBeat(std::int64_t time) const {
  return time - beat_at_ns_.load(std::memory_order_relaxed) >=
             beat_ns_.load(std::memory_order_relaxed) ||
         index_.load(std::memory_order_acquire)->tree.count() >=
             next_beat_.load(std::memory_order_relaxed);
}

// One thread does it, and none waits for it.
void Engine::Beat(std::int64_t time) {
  if (!beat_lock_.TryLock()) return;
  time = std::max(time, time_.now());
  const std::size_t size = size_.load(std::memory_order_relaxed);
  const std::uint64_t picks =
      index_.load(std::memory_order_acquire)->tree.count();
  fleet_.Count(
      picks - std::exchange(picks_counted_, picks),
      size > 0 ? static_cast<double>(swept_) / static_cast<double>(size) : 0);
  if (DueToBeat(time) && time_.Advance(time)) {
    moved_ += fleet_.Advance(
        time - beat_at_ns_.exchange(time, std::memory_order_relaxed));
    picks_at_beat_ = picks;
    fleet_.Publish(moment_);
  }
  Sweep(time);
  const std::size_t most = std::max(kPicksPerBeat, size / 4);
  const auto growth =
      static_cast<std::size_t>(fleet_.growth() * fleet_.recent_picks());
  next_beat_.store(picks_at_beat_ + 1 + std::min(most, growth),
                   std::memory_order_relaxed);
  beat_lock_.Unlock();
}

// How many slots the round should have been through by now.
std::size_t Engine::Due(std::size_t size) const {
  const double round = moved_ / Staleness(size);
  if (round >= 1) return size;
  // A small set is gone through as a whole.
  if (size <= kLongestSweep / 2) return 0;
  return static_cast<std::size_t>(round * static_cast<double>(size));
}

void Engine::Sweep(std::int64_t time) {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  if (exact_) return SweepAll(time);
  std::size_t budget = kLongestSweep;
  while (size > 0) {
    const Moment moment = moment_.Read(time);
    const std::size_t due = Due(size);
    for (; swept_ < due && budget > 0; --budget) Visit(swept_++, moment);
    if (swept_ < size) break;
    EndRound();  // By what the means have moved the next round is due at once.
  }
  sweeping_.store(swept_ < Due(size), std::memory_order_relaxed);
}

// One round for the means, and another for the words.
void Engine::SweepAll(std::int64_t time) {
  const std::size_t size = size_.load(std::memory_order_relaxed);
  for (int round = 0; round < 2; ++round) {
    const Moment moment = moment_.Read(time);
    while (swept_ < size) Visit(swept_++, moment);
    EndRound();
  }
}

void Engine::Visit(std::size_t slot, const Moment& moment) {
  Index* const index = index_.load(std::memory_order_acquire);
  Record* const record = index->Find(slot);
  if (record == nullptr) return;
  ToSettle to_settle;
  const SpinLockHolder lock(record->lock);
  if (record->slot != slot) return;  // It has just left.
  record->evidence.CatchUp(moment);
  fleet_.Gather(record->evidence);
  to_settle.Note(PutWord(*record, moment), record->slot);
}

// All words are behind, as the means are others or of others.
void Engine::StartRound() {
  moved_ = 1;
  swept_ = 0;
  fleet_.StartRound();
  sweeping_.store(true, std::memory_order_relaxed);
}

void Engine::EndRound() {
  // The words written in this round are as far off as the means have moved.
  moved_ = fleet_.EndRound();
  fleet_.Publish(moment_);
  swept_ = 0;
}

}  // namespace els::internal
