#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "els/options.h"
#include "src/score/moment.h"
#include "src/score/news.h"
#include "src/set/record.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// A backend that was picked.
struct Picked {
  Record* record = nullptr;  // Null if the set is empty.
  std::uint64_t tag = 0;
  std::int64_t start_ns = 0;
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
  // Choice::kPowerOfTwo if a backend drawn is held back or to be avoided, and
  // if `avoid` has more than a few ids of the set.
  Picked Pick(Choice choice, absl::Span<const std::string_view> avoid,
              const Moment& moment) {
    if (choice != Choice::kLowest) return TakeByChance(choice, avoid, moment);
    return avoid.empty() ? TakeLowest(moment) : TakeLowestBut(avoid, moment);
  }

 private:
  enum class Attempt { kTaken, kMoved, kAvoided };

  // A word is looked up in the index that it was read from: the board may have
  // moved to another index meanwhile.
  Attempt Take(Index& index, std::uint64_t word, const Moment& moment,
               absl::Span<const std::string_view> avoid, bool check_risen,
               Picked& picked);
  Attempt TakeFound(Record& record, std::uint64_t word, const Moment& moment,
                    absl::Span<const std::string_view> avoid, bool check_risen,
                    News& news) ABSL_EXCLUSIVE_LOCKS_REQUIRED(record.lock);
  bool NothingToFind(Index& index, int look) const;
  Picked TakeLowest(const Moment& moment);
  Picked TakeLowestBut(absl::Span<const std::string_view> avoid,
                       const Moment& moment);
  Picked TakeByChance(Choice choice, absl::Span<const std::string_view> avoid,
                      const Moment& moment);
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
