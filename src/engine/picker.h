#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/options.h"
#include "src/engine/inbox.h"
#include "src/score/moment.h"
#include "src/score/news.h"
#include "src/score/work.h"
#include "src/set/record.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// A backend that was picked.
struct Picked {
  Record* record = nullptr;  // Null if `failure` says why.
  std::uint64_t tag = 0;
  std::int64_t start_ns = 0;
  PickFailure failure = PickFailure::kNone;
  bool preferred = false;  // It was taken as Request::prefer names it.
};

// Chooses backends by the scores of a board, and counts each request as
// outstanding. Thread-safe.
class Picker {
 public:
  // `seed` seeds the choices that chance decides.
  Picker(Scoreboard& board, Inbox& inbox, std::uint64_t seed)
      : board_(board), inbox_(inbox), seed_(seed) {}

  // The ticket made of the result must call Record::Unrefer in the end.
  // O(log backends). O(backends) for Choice::kWeightedRandom, for
  // Choice::kPowerOfTwo if a backend drawn is held back, full or to be avoided,
  // and if `avoid` has more than a few ids of the set.
  Picked Pick(Choice choice, const Request& request, const Moment& moment) {
    const Work work = ToWork(request.work);
    if (!request.prefer.empty()) {
      const Picked picked = TakePreferred(request, work, moment);
      if (picked.record != nullptr) return picked;
    }
    if (choice != Choice::kLowest) {
      return TakeByChance(choice, request.avoid, work, moment);
    }
    return request.avoid.empty() ? TakeLowest(work, moment)
                                 : TakeLowestBut(request.avoid, work, moment);
  }

 private:
  enum class Attempt { kTaken, kMoved, kAvoided, kFull };

  // What a pick asks of a backend.
  struct Wanted {
    Work work = kTypicalWork;
    absl::Span<const std::string_view> avoid = {};
    // What the expected latency, in seconds, may be at the most.
    double most_s = std::numeric_limits<double>::infinity();
    // If not, the backend may be held back though its word does not say so.
    bool check_held_back = true;
  };

  static Wanted Lowest(std::uint64_t word,
                       absl::Span<const std::string_view> avoid, Work work,
                       int rewrites);

  // A word is looked up in the index that it was read from: the board may have
  // moved to another index meanwhile.
  Attempt Take(Index& index, std::uint64_t word, const Moment& moment,
               const Wanted& wanted, Picked& picked);
  Attempt TakeFound(Record& record, std::uint64_t word, const Moment& moment,
                    const Wanted& wanted, News& news)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  bool NothingToFind(Index& index, int look) const;
  Picked TakePreferred(const Request& request, Work work, const Moment& moment);
  bool TakeIfCheap(Index& index, std::string_view id, const Wanted& wanted,
                   bool even_held_back, const Moment& moment, Picked& picked);
  Picked TakeLowest(Work work, const Moment& moment);
  Picked TakeLowestBut(absl::Span<const std::string_view> avoid, Work work,
                       const Moment& moment);
  Picked TakeByChance(Choice choice, absl::Span<const std::string_view> avoid,
                      Work work, const Moment& moment);
  std::uint64_t WordByChance(Choice choice, const Index& index,
                             absl::Span<const std::string_view> avoid);
  std::uint64_t WordByChance(Choice choice, const Index& index,
                             absl::Span<const std::string_view> avoid,
                             bool even_held_back);

  Scoreboard& board_;
  Inbox& inbox_;
  const std::uint64_t seed_;
  // The number of draws. Relaxed: each draw gets a number of its own.
  std::atomic<std::uint64_t> draws_ = 0;
};

}  // namespace els::internal
