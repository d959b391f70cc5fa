#include "src/engine/beat.h"

#include <algorithm>
#include <utility>

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

}  // namespace

Beat::Beat(const Options& options, double success_stretch, Scoreboard& board,
           bool exact)
    : board_(board), exact_(exact), fleet_(options, success_stretch) {
  beat_ns_ = fleet_.beat_ns();
  moment_.SetOptions(options);
  fleet_.Publish(moment_);
}

// As time passes, and while it stands still, as picks are made.
bool Beat::Due(std::int64_t time) const {
  return time - beat_at_ns_.load(std::memory_order_relaxed) >=
             beat_ns_.load(std::memory_order_relaxed) ||
         board_.index().tree.count() >=
             next_beat_.load(std::memory_order_relaxed);
}

void Beat::Do(std::int64_t time) {
  if (!lock_.TryLock()) return;
  time = std::max(time, time_.now());
  const std::size_t size = board_.size();
  const std::uint64_t picks = board_.index().tree.count();
  fleet_.Count(
      picks - std::exchange(picks_counted_, picks),
      size > 0 ? static_cast<double>(swept_) / static_cast<double>(size) : 0);
  if (Due(time) && time_.Advance(time)) {
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
  lock_.Unlock();
}

// How many slots the round should have been through by now.
std::size_t Beat::DueSlots(std::size_t size) const {
  const double round = moved_ / Staleness(size);
  if (round >= 1) return size;
  // A small set is gone through as a whole.
  if (size <= kLongestSweep / 2) return 0;
  return static_cast<std::size_t>(round * static_cast<double>(size));
}

void Beat::Sweep(std::int64_t time) {
  const std::size_t size = board_.size();
  if (exact_) return SweepAll(time);
  std::size_t budget = kLongestSweep;
  while (size > 0) {
    const Moment moment = moment_.Read(time);
    const std::size_t due = DueSlots(size);
    for (; swept_ < due && budget > 0; --budget) Visit(swept_++, moment);
    if (swept_ < size) break;
    EndRound();  // By what the means have moved the next round is due at once.
  }
  sweeping_.store(swept_ < DueSlots(size), std::memory_order_relaxed);
}

// One round for the means, and another for the words.
void Beat::SweepAll(std::int64_t time) {
  const std::size_t size = board_.size();
  for (int round = 0; round < 2; ++round) {
    const Moment moment = moment_.Read(time);
    while (swept_ < size) Visit(swept_++, moment);
    EndRound();
  }
}

void Beat::Visit(std::size_t slot, const Moment& moment) {
  Record* const record = board_.index().Find(slot);
  if (record == nullptr) return;
  Scoreboard::Settling settling;
  const SpinLockHolder lock(record->lock);
  if (record->slot != slot) return;  // It has just left.
  record->evidence.CatchUp(moment);
  fleet_.Gather(record->evidence);
  board_.Put(*record, moment, settling);
}

void Beat::EndRound() {
  // The words written in this round are as far off as the means have moved.
  moved_ = fleet_.EndRound();
  fleet_.Publish(moment_);
  swept_ = 0;
}

Moment Beat::Advance(TimePoint now) {
  const SpinLockHolder lock(lock_);
  const std::int64_t time = std::max(time_.At(now), time_.now());
  time_.Advance(time);
  return moment_.Read(time);
}

void Beat::SetOptions(const Options& options) {
  moment_.SetOptions(options);
  const SpinLockHolder lock(lock_);
  fleet_.SetOptions(options);
  fleet_.Publish(moment_);
  beat_ns_.store(fleet_.beat_ns(), std::memory_order_relaxed);
}

void Beat::SetChanged() {
  const SpinLockHolder lock(lock_);
  fleet_.SetBackends(board_.size());
  fleet_.Publish(moment_);
  beat_ns_.store(fleet_.beat_ns(), std::memory_order_relaxed);
  moved_ = 1;
  swept_ = 0;
  fleet_.StartRound();
  sweeping_.store(true, std::memory_order_relaxed);
}

}  // namespace els::internal
