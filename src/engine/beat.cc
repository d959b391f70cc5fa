#include "src/engine/beat.h"

#include <algorithm>

#include "src/index/word.h"
#include "src/score/news.h"

namespace els::internal {
namespace {

// One pick does no more of a round than this, about two microseconds' worth: it
// looks at so many words, and writes so many. It leaves the rest to the picks
// that follow.
constexpr int kMostLooks = 256;
constexpr int kMostVisits = 24;

// A word may have been written with a moment that had just passed, and so name
// a round that is over. A round looks for this many earlier numbers, too.
constexpr std::uint32_t kLate = 2;
static_assert(kMostRounds + kLate < kDueMask);

// News is told at once while fewer successes than this have been told since the
// latest beat. Where there are more backends than this, their number counts
// instead.
constexpr std::size_t kQuiet = 16;

}  // namespace

Beat::Beat(const Options& options, double success_stretch, Scoreboard& board,
           Inbox& inbox, bool exact)
    : board_(board),
      inbox_(inbox),
      exact_(exact),
      moment_(options),
      fleet_(options, success_stretch) {
  const SpinLockHolder lock(lock_);
  Publish();
}

void Beat::Do(std::int64_t time) {
  if (!lock_.TryLock()) return;
  time = std::max(time, time_.now());
  if (exact_) GatherNews();
  if (Due(time) && time_.Advance(time)) {
    const std::int64_t last =
        beat_at_ns_.exchange(time, std::memory_order_relaxed);
    fleet_.Advance(time - last, inbox_.Take());
    Publish();
  } else if (exact_) {
    fleet_.Add(inbox_.Take());
    Publish();
  }
  const Moment moment = moment_.Read(time);
  if (exact_) {
    board_.Rewrite(moment);
  } else {
    Sweep(moment);
  }
  lock_.Unlock();
}

void Beat::Publish() {
  Moment moment;
  fleet_.WriteTo(moment);
  moment_.SetFleet(moment);
  beat_ns_.store(fleet_.beat_ns(), std::memory_order_relaxed);
  picks_to_beat_.store(fleet_.picks_to_beat(), std::memory_order_relaxed);
}

void Beat::GatherNews() {
  News all;
  board_.ForEach([&](Evidence& evidence) { all.Add(evidence.TakeNews()); });
  inbox_.Tell(all);
}

void Beat::Sweep(const Moment& moment) {
  const std::size_t size = board_.size();
  if (swept_ >= size && round_ != moment.round) {
    span_ = std::min(moment.round - round_, kMostRounds) + kLate;
    round_ = moment.round;
    swept_ = 0;
  }
  Index& index = board_.index();
  const std::size_t end =
      std::min({size, index.slots(), swept_ + std::size_t{kMostLooks}});
  for (int visits = 0; swept_ < end && visits < kMostVisits; ++swept_) {
    if (!IsDue(index.tree.Get(swept_))) continue;
    Visit(index, swept_, moment);
    ++visits;
  }
  sweeping_.store(swept_ < size, std::memory_order_relaxed);
}

inline bool Beat::IsDue(std::uint64_t word) const {
  return ((round_ - DueOf(word)) & kDueMask) < span_;
}

void Beat::Visit(Index& index, std::size_t slot, const Moment& moment) {
  Record* const record = index.Find(slot);
  if (record == nullptr) return;
  Scoreboard::Settling settling;
  const SpinLockHolder lock(record->lock);
  if (record->slot != slot) return;  // It has just left.
  record->evidence.CatchUp(moment);
  board_.Put(*record, moment, settling);
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
  Publish();
}

void Beat::SetChanged() {
  const SpinLockHolder lock(lock_);
  // The recent picks of the backends contain all news, so the fleet takes that
  // first, and counts no pick twice.
  const Moment moment = moment_.Read(time_.now());
  News news = inbox_.Take();
  double recent_picks = 0;
  board_.ForEach([&](Evidence& evidence) {
    evidence.CatchUp(moment);
    news.Add(evidence.TakeNews());
    recent_picks += evidence.recent_picks();
  });
  fleet_.Add(news);
  fleet_.SetBackends(board_.size(), recent_picks);
  inbox_.SetQuiet(std::max(kQuiet, board_.size()));
  Publish();
  sweeping_.store(true, std::memory_order_relaxed);
}

}  // namespace els::internal
