#pragma once

// What a sequence of calls must do to the counts of a Balancer and to who is
// listed, whatever it thinks of the backends. Knows include/els alone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "tests/fuzz/elapsed.h"

// A backend from when it is added until it is forgotten; one of the same id
// that comes later is another.
struct Life {
  std::string id;
  std::uint64_t tag = 0;
  double distance = 1;
  double weight = 1;
  std::uint32_t max_outstanding = 0;
  std::int64_t outstanding = 0;
  std::int64_t waiting = 0;  // Of those, not yet answered.
  double work = 0;           // Of those that wait; exact, as in binary.
  double answered_work = 0;
  std::uint64_t picks = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t neutral = 0;
  std::uint64_t cut = 0;
  std::uint64_t dropped = 0;
  std::uint64_t late_finishes = 0;

  bool Full() const {
    return max_outstanding != 0 && outstanding >= max_outstanding;
  }

  // Each answer doubles the least that the first-contact limit may be.
  bool SurelyNotHeldBack() const {
    const std::uint64_t answers =
        std::min<std::uint64_t>(successes + neutral, 40);
    return outstanding < std::int64_t{1} << answers;
  }

  void Sent(double of_work) {
    ++picks;
    ++outstanding;
    ++waiting;
    work += of_work;
  }

  // The request has an answer, or is given up.
  void Settle(double of_work) {
    --waiting;
    work -= of_work;
    answered_work += of_work;
  }

  // It is over.
  void Release(double of_work) {
    --outstanding;
    answered_work -= of_work;
  }

  void Learn(els::Outcome outcome) {
    switch (outcome) {
      case els::Outcome::kSuccess:
        ++successes;
        break;
      case els::Outcome::kFailure:
        ++failures;
        break;
      case els::Outcome::kTimeout:
        ++timeouts;
        break;
      case els::Outcome::kCancelled:
        ++cancelled;
        break;
      case els::Outcome::kNeutral:
        ++neutral;
        break;
    }
  }

  bool Is(const els::BackendSnapshot& s) const {
    return CountsAs(s) && s.tag == tag && s.distance == distance &&
           s.weight == weight && s.max_outstanding == max_outstanding &&
           (waiting > 0 || (s.overdue == 1 && s.mean_age.count() == 0));
  }

  bool CountsAs(const els::BackendSnapshot& s) const {
    return s.id == id && s.outstanding == outstanding && s.picks == picks &&
           s.successes == successes && s.failures == failures &&
           s.timeouts == timeouts && s.cancelled == cancelled &&
           s.neutral == neutral && s.cut == cut && s.dropped == dropped &&
           s.late_finishes == late_finishes &&
           s.answered == outstanding - waiting && s.work == work &&
           s.answered_work == answered_work;
  }
};

class BalancerModel {
 public:
  const std::vector<std::shared_ptr<Life>>& set() const { return set_; }

  // Of every call with a time: `surely` if it must take note of it.
  void Read(els::TimePoint reading, bool surely) {
    elapsed_.Read(reading, surely);
  }

  void SetRemovedMemory(els::Duration memory) {
    memory_ = memory;
    for (Absent& absent : absent_) {
      absent.shortest = std::min(absent.shortest, memory);
      absent.longest = std::max(absent.longest, memory);
    }
  }

  // Why a pick must fail, if it must.
  els::PickFailure Failure() const {
    if (set_.empty()) return els::PickFailure::kEmptySet;
    return std::all_of(set_.begin(), set_.end(),
                       [](const auto& life) { return life->Full(); })
               ? els::PickFailure::kAllFull
               : els::PickFailure::kNone;
  }

  // Which backend should have been picked instead, as it comes first in
  // `prefer`, whatever it costs. Nothing if that is not sure.
  std::string_view Unpreferred(std::string_view picked,
                               absl::Span<const std::string> prefer) const {
    for (const std::string& id : prefer) {
      if (id == picked) return {};
      const std::shared_ptr<Life> life = InSet(id);
      if (life != nullptr && !life->Full() && life->SurelyNotHeldBack()) {
        return id;
      }
    }
    return {};
  }

  // The backend picked for a request of `work`, or null if it should not have
  // been.
  std::shared_ptr<Life> Picked(std::string_view id,
                               absl::Span<const std::string> avoid,
                               double work) {
    const auto avoided = [&](std::string_view one) {
      return std::find(avoid.begin(), avoid.end(), one) != avoid.end();
    };
    const bool all_are = std::all_of(
        set_.begin(), set_.end(),
        [&](const auto& life) { return life->Full() || avoided(life->id); });
    std::shared_ptr<Life> life = InSet(id);
    if (life == nullptr || life->Full() || (!all_are && avoided(id))) {
      return nullptr;
    }
    life->Sent(work);
    return life;
  }

  // `after` is the snapshot taken just after the call, which shows whether one
  // that has returned is remembered; here is checked whether it may be. What is
  // wrong, or nothing.
  std::string_view SetBackends(absl::Span<const els::Backend> backends,
                               absl::Span<const els::BackendSnapshot> after) {
    if (after.size() < backends.size()) return "a backend is not listed";
    std::vector<std::shared_ptr<Life>> set;
    for (std::size_t i = 0; i < backends.size(); ++i) {
      std::shared_ptr<Life> life = InSet(backends[i].id);
      if (life == nullptr) {
        const std::string_view wrong = Return(backends[i].id, after[i], life);
        if (!wrong.empty()) return wrong;
      }
      life->tag = backends[i].tag;
      life->distance = backends[i].distance;
      life->weight = backends[i].weight;
      life->max_outstanding = backends[i].max_outstanding;
      set.push_back(std::move(life));
    }
    for (const auto& life : set_) {
      if (std::find(set.begin(), set.end(), life) != set.end()) continue;
      absent_.push_back(
          {life, elapsed_.least(), elapsed_.most(), memory_, memory_});
    }
    set_ = std::move(set);
    return {};
  }

  // What is wrong with the counts and with who is listed, or nothing.
  std::string_view Compare(
      absl::Span<const els::BackendSnapshot> snapshots) const {
    if (snapshots.size() < set_.size()) return "a backend is not listed";
    for (std::size_t i = 0; i < set_.size(); ++i) {
      if (snapshots[i].removed) return "one of the set is listed as removed";
      if (!set_[i]->Is(snapshots[i])) return snapshots[i].id;
    }
    std::vector<std::shared_ptr<Life>> left = StillOutstanding();
    if (snapshots.size() != set_.size() + left.size()) {
      return "not those removed with requests outstanding";
    }
    for (const els::BackendSnapshot& removed : snapshots.subspan(set_.size())) {
      const auto same =
          std::find_if(left.begin(), left.end(),
                       [&](const auto& life) { return life->Is(removed); });
      if (!removed.removed || same == left.end()) return removed.id;
      left.erase(same);
    }
    return {};
  }

 private:
  // The life in the set that has this id, or null.
  std::shared_ptr<Life> InSet(std::string_view id) const {
    for (const auto& life : set_) {
      if (life->id == id) return life;
    }
    return nullptr;
  }

  // Those that have left with requests outstanding.
  std::vector<std::shared_ptr<Life>> StillOutstanding() const {
    std::vector<std::shared_ptr<Life>> lives = superseded_;
    for (const Absent& absent : absent_) lives.push_back(absent.life);
    std::erase_if(lives, [](const auto& life) { return !life->outstanding; });
    return lives;
  }

  // One that left the set, and may return.
  struct Absent {
    std::shared_ptr<Life> life;
    els::Duration least_at_leaving = {};
    els::Duration most_at_leaving = {};
    els::Duration shortest = {};  // Of removed_memory since.
    els::Duration longest = {};
  };

  std::string_view Return(const std::string& id,
                          const els::BackendSnapshot& after,
                          std::shared_ptr<Life>& life) {
    const auto absent =
        std::find_if(absent_.begin(), absent_.end(),
                     [&](const Absent& a) { return a.life->id == id; });
    std::string_view wrong;
    if (absent != absent_.end()) {
      const bool forgotten = elapsed_.least() - absent->least_at_leaving >
                             absent->longest + Elapsed::kLongest;
      const bool remembered =
          elapsed_.most() - absent->most_at_leaving <= absent->shortest;
      if (absent->life->CountsAs(after)) {
        life = absent->life;
        const bool blank = Life{.id = id}.CountsAs(after);
        if (forgotten && !blank) wrong = "remembered for too long";
      } else {
        if (remembered) wrong = "forgotten too soon";
        std::erase_if(superseded_,
                      [](const auto& old) { return old->outstanding == 0; });
        superseded_.push_back(absent->life);
      }
      absent_.erase(absent);
    }
    if (life == nullptr) life = std::make_shared<Life>(Life{.id = id});
    return wrong;
  }

  els::Duration memory_ = els::Options().removed_memory;
  Elapsed elapsed_;
  std::vector<std::shared_ptr<Life>> set_;
  std::vector<Absent> absent_;
  std::vector<std::shared_ptr<Life>> superseded_;  // By one of the same id.
};
