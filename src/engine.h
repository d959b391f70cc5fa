#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/explanation.h"
#include "src/fleet.h"
#include "src/index.h"
#include "src/membership.h"
#include "src/moment.h"
#include "src/mutex.h"
#include "src/pick_log.h"
#include "src/record.h"
#include "src/spin_lock.h"
#include "src/steady_time.h"
#include "src/word.h"

namespace els::internal {

// A backend as it was at one moment.
struct BackendCopy {
  Evidence evidence;
  Mishaps mishaps;
  std::string id;
  std::uint64_t tag = 0;
};

inline bool Contains(absl::Span<const std::string_view> ids,
                     std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

BackendCopy CopyOf(Record& record, const Moment& moment);
BackendSnapshot SnapshotOf(BackendCopy copy, const Moment& moment);

// All that a Balancer knows and decides; see Balancer and Ticket for what each
// call means. Thread-safe. Three kinds of state, three kinds of lock:
//
//   a record   what is known of one backend     its own spin lock, for each
//                                               pick and finish
//   the fleet  what is known of all, and        beat_lock_, some times a
//              the clocks                       second, never waited for
//   the set    who is in it, and who was        set_mutex_, for SetBackends,
//                                               SetOptions and Snapshot alone
//
// Of these, set_mutex_ is taken before beat_lock_, and both before a record's
// lock. What picks read of the fleet and of the set is in atomics: moment_, and
// the index with the word of each backend.
//
// A word is right when it is written, and its score moves on. It is written
// again
//  - when a request to the backend begins or ends;
//  - when it has come up as the lowest, before it is picked: the score may have
//    risen, as it does while answers are overdue;
//  - in turn with all others, as often as time and the means of the fleet move
//    by a little: the score may have fallen, as it does while a failure
//    fades. That round also gathers what the means are made of.
class Engine {
 public:
  // REQUIRES: options.Validate().ok(). `seed` is not 0. If `exact`, every pick
  // begins with a whole round.
  Engine(const Options& options, std::uint64_t seed, bool exact = false);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  struct Picked {
    Record* record = nullptr;  // Null if the set is empty.
    std::uint64_t tag = 0;
    std::int64_t start_ns = 0;
  };
  // The ticket made of it must be given back to Unrefer in the end.
  Picked Pick(TimePoint now, absl::Span<const std::string_view> avoid);

  // The request sent at `start_ns` has its answer, or none to wait for, and may
  // be over.
  void Settle(Record& record, std::int64_t start_ns, Outcome outcome,
              TimePoint now, bool over);
  // It is over, after its answer.
  void Released(Record& record);
  // It was given up, before or after the answer.
  void Drop(Record& record, std::int64_t start_ns, bool answered);
  // Once too often.
  static void CountLateFinish(Record& record);

  // A ticket is gone. The last one deletes an engine that was closed.
  static void Unrefer(Engine* engine, Record& record) {
    if (record.Unrefer()) engine->OneLess(1);
  }

  // REQUIRES: options.Validate().ok().
  void SetOptions(const Options& options, TimePoint now);
  // REQUIRES: ValidateSet(backends).ok().
  void SetBackends(absl::Span<const Backend> backends, TimePoint now);
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  void Explain(std::size_t picks);
  std::vector<PickExplanation> Explanations() const;

  // No call but those for tickets comes after it. Deletes the engine, at once
  // or with the last ticket. REQUIRES: made by new.
  static void Close(Engine* engine);

 private:
  enum class Attempt { kTaken, kMoved, kAvoided };

  // Settles what was put under a record's lock once that is free again.
  class ToSettle {
   public:
    ~ToSettle() {
      if (index_ != nullptr) index_->tree.Settle(slot_);
    }
    void Note(Index* index, std::uint32_t slot) {
      index_ = index;
      slot_ = slot;
    }

   private:
    Index* index_ = nullptr;
    std::uint32_t slot_ = 0;
  };

  ~Engine() = default;
  void OneLess(std::uint64_t references);

  // -- Picks: engine_pick.cc
  Picked Choose(absl::Span<const std::string_view> avoid, const Moment& moment);
  // Every word is looked up in the index that it was read from: by the time it
  // is, the set may have moved on to another.
  Attempt Take(Index& index, std::uint64_t word, const Moment& moment,
               absl::Span<const std::string_view> avoid, bool check_risen,
               Picked& picked);
  Attempt TakeFound(Record& record, std::uint64_t word, const Moment& moment,
                    absl::Span<const std::string_view> avoid, bool check_risen)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  bool NothingToFind(Index& index, int look) const;
  Picked TakeLowest(const Moment& moment);
  Picked TakeLowestBut(absl::Span<const std::string_view> avoid,
                       const Moment& moment);
  Picked TakeByChance(absl::Span<const std::string_view> avoid,
                      const Moment& moment);
  std::uint64_t WordByChance(const Index& index,
                             absl::Span<const std::string_view> avoid) const;
  std::uint64_t WordByChance(const Index& index,
                             absl::Span<const std::string_view> avoid,
                             bool even_held_back) const;
  static std::uint64_t LowestOfAllBut(const Index& index,
                                      absl::Span<const std::string_view> avoid);
  static bool Avoided(const Index& index, std::uint64_t word,
                      absl::Span<const std::string_view> avoid);

  // -- Explanations: engine_explain.cc
  struct Candidate {
    std::uint64_t word = 0;
    BackendSnapshot snapshot;
  };
  std::vector<Candidate> BestFew(const Moment& moment) const;
  PickReason ReasonFor(const std::vector<Candidate>& best,
                       absl::Span<const std::string_view> avoid) const;
  Picked PickAndExplain(TimePoint now, absl::Span<const std::string_view> avoid,
                        const Moment& moment);

  // -- What is common to all: engine.cc
  Moment MomentAt(TimePoint now);
  // The word of a backend that is in the set, and whose terms these are.
  std::uint64_t WordOf(const Record& record, const Terms& terms,
                       const Moment& moment) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  // Writes it, for whoever settles it then.
  Index* PutWord(const Record& record, const Terms& terms, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  Index* PutWord(const Record& record, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);

  bool DueToBeat(std::int64_t time) const;
  void Beat(std::int64_t time);
  std::size_t Due(std::size_t size) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);
  void SweepAll(std::int64_t time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);
  void Sweep(std::int64_t time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);
  void Visit(std::size_t slot, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);
  void StartRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);
  void EndRound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(beat_lock_);

  // -- The set: engine_set.cc
  struct Match;
  class Newcomers;
  static Match MatchWith(absl::Span<const Backend> backends,
                         const std::vector<Record*>& old);
  void ChangeSet(absl::Span<const Backend> backends, Match& match,
                 Newcomers& newcomers, Index& index,
                 const Moment& moment) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  void Describe(Record& record, const Backend& backend, const Moment& moment);
  void Join(Record& record, const Backend& backend, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  void Leave(Record* record, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  void MoveTo(Index& index, const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  Moment NoteTime(TimePoint now);
  Moment FreshMoment(TimePoint now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  Index* FindRoom(std::size_t slots) ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);
  void WriteAllWords(Index& index, const Moment& moment);

  // Constant after construction.
  const std::uint64_t seed_;
  const bool exact_;

  // Atomic. Relaxed, since each is of use by itself; but for index_, which is
  // released when it is made, and acquired by those who use it.
  std::atomic<Index*> index_;
  std::atomic<std::size_t> size_ = 0;  // Slots 0 to size_ - 1 are taken.
  std::atomic<Choice> choice_;
  std::atomic<std::int64_t> beat_ns_;
  std::atomic<bool> sweeping_ = false;        // A round is behind.
  std::atomic<std::uint64_t> next_beat_ = 0;  // At this count of picks.
  std::atomic<std::int64_t> beat_at_ns_ = 0;  // The latest.
  SharedMoment moment_;
  SteadyTime time_;
  PickLog pick_log_;

  mutable SpinLock beat_lock_ ABSL_ACQUIRED_AFTER(set_mutex_);
  Fleet fleet_ ABSL_GUARDED_BY(beat_lock_);
  std::uint64_t picks_at_beat_ ABSL_GUARDED_BY(beat_lock_) = 0;
  std::uint64_t picks_counted_ ABSL_GUARDED_BY(beat_lock_) = 0;
  // The round: how far things have moved since it began, and how many slots it
  // has been through.
  double moved_ ABSL_GUARDED_BY(beat_lock_) = 0;
  std::size_t swept_ ABSL_GUARDED_BY(beat_lock_) = 0;

  mutable Mutex set_mutex_;
  Options options_ ABSL_GUARDED_BY(set_mutex_);
  Membership members_ ABSL_GUARDED_BY(set_mutex_);
  // All that were ever used, from small to large: a pick may still look into
  // one that was replaced.
  std::vector<std::unique_ptr<Index>> indexes_ ABSL_GUARDED_BY(set_mutex_);

  // Tickets alive, once the engine is closed.
  std::atomic<std::uint64_t> references_ = kOpen;
  static constexpr std::uint64_t kOpen = std::uint64_t{1} << 63;
};

inline std::uint64_t Engine::WordOf(const Record& record, const Terms& terms,
                                    const Moment& moment) const {
  // A chance of its own for each pick of each backend.
  const std::uint64_t tie =
      Mix(seed_ + record.slot + (record.evidence.picks() << kSlotBits));
  return MakeWord(record.evidence.HeldBack(moment, terms),
                  ExpectedLatency(terms), tie, record.slot);
}

inline Index* Engine::PutWord(const Record& record, const Terms& terms,
                              const Moment& moment) {
  // Under the record's lock, so that a word never goes to an index after the
  // set has moved on to another.
  Index* const index = index_.load(std::memory_order_acquire);
  index->tree.Put(record.slot, WordOf(record, terms, moment));
  return index;
}

inline Index* Engine::PutWord(const Record& record, const Moment& moment) {
  return PutWord(record,
                 record.evidence.TermsAt(moment, record.details().mishaps),
                 moment);
}

}  // namespace els::internal
