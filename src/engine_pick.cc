// How the engine chooses, and what a pick does to the backend it chooses.

#include <algorithm>
#include <array>

#include "els/random.h"
#include "src/choice.h"
#include "src/engine.h"
#include "src/word.h"

namespace els::internal {
namespace {

// By how much the score of the backend picked may have risen since its word was
// written.
constexpr float kTolerance = 0.002F;

// How many words that have risen one pick writes anew before it takes what
// comes; far more than ever rise at once, but for a long silence of thousands.
constexpr int kMaxRewrites = 128;

// How many backends are passed over by looking for the next best; if there are
// more, all are looked through.
constexpr std::size_t kMaxPassedOver = 8;

}  // namespace

Engine::Picked Engine::Pick(TimePoint now,
                            absl::Span<const std::string_view> avoid) {
  if (size_.load(std::memory_order_relaxed) == 0) return {};
  std::int64_t time = time_.At(now);
  if (DueToBeat(time) || sweeping_.load(std::memory_order_relaxed) || exact_) {
    Beat(time);
  }
  time = std::max(time, time_.now());
  const Moment moment = moment_.Read(time);
  return pick_log_.on() ? PickAndExplain(now, avoid, moment)
                        : Choose(avoid, moment);
}

Engine::Picked Engine::Choose(absl::Span<const std::string_view> avoid,
                              const Moment& moment) {
  if (choice_.load(std::memory_order_relaxed) != Choice::kLowest) {
    return TakeByChance(avoid, moment);
  }
  return avoid.empty() ? TakeLowest(moment) : TakeLowestBut(avoid, moment);
}

// The backend whose word this is, if it still is and the backend is not to be
// avoided. If `check_risen`, its score must be what the word says, too.
Engine::Attempt Engine::Take(std::uint64_t word, const Moment& moment,
                             absl::Span<const std::string_view> avoid,
                             bool check_risen, Picked& picked) {
  Index* const index = index_.load(std::memory_order_acquire);
  const std::size_t slot = SlotOf(word);
  if (slot >= index->slots()) return Attempt::kMoved;
  Record& record = *index->RecordAt(slot);
  record.Prefetch();
  Attempt attempt = Attempt::kMoved;
  {
    const SpinLockHolder lock(record.lock);
    // Else it has left, or its word has changed, or all have moved.
    if (record.slot == slot && index->tree.Get(slot) == word &&
        index == index_.load(std::memory_order_acquire)) {
      attempt = TakeFound(record, word, moment, avoid, check_risen);
      picked = {&record, record.tag, moment.now_ns};
    }
  }
  index->tree.Settle(slot);
  if (attempt == Attempt::kTaken) index->tree.Count();
  return attempt;
}

inline Engine::Attempt Engine::TakeFound(
    Record& record, std::uint64_t word, const Moment& moment,
    absl::Span<const std::string_view> avoid, bool check_risen) {
  if (!avoid.empty() && Contains(avoid, record.id())) return Attempt::kAvoided;
  Evidence& evidence = record.evidence;
  evidence.CatchUp(moment);
  Terms terms = evidence.TermsAt(moment, record.details().mishaps);
  const bool risen =
      check_risen &&
      (evidence.HeldBack(moment, terms) != IsHeldBack(word) ||
       ExpectedLatency(terms) > ExpectedLatencyOf(word) * (1 + kTolerance));
  if (!risen) {
    evidence.Picked(moment);
    evidence.UpdateTerms(moment, terms);
  }
  PutWord(record, terms, moment);
  return risen ? Attempt::kMoved : Attempt::kTaken;
}

Engine::Picked Engine::TakeLowest(const Moment& moment) {
  Picked picked;
  for (int rewrites = 0;; ++rewrites) {
    const std::uint64_t word =
        index_.load(std::memory_order_acquire)->tree.Lowest();
    if (word == WinnerTree::kNone) return {};
    if (Take(word, moment, {}, rewrites < kMaxRewrites, picked) ==
        Attempt::kTaken) {
      return picked;
    }
  }
}

Engine::Picked Engine::TakeLowestBut(absl::Span<const std::string_view> avoid,
                                     const Moment& moment) {
  Picked picked;
  std::array<std::size_t, kMaxPassedOver> passed_over = {};
  std::size_t count = 0;
  for (int rewrites = 0;; ++rewrites) {
    const WinnerTree& tree = index_.load(std::memory_order_acquire)->tree;
    const std::uint64_t word =
        count < kMaxPassedOver
            ? tree.LowestBut(absl::MakeConstSpan(passed_over.data(), count))
            : LowestOfAllBut(avoid);
    if (word == WinnerTree::kNone) return TakeLowest(moment);
    switch (Take(word, moment, avoid, rewrites < kMaxRewrites, picked)) {
      case Attempt::kTaken:
        return picked;
      case Attempt::kMoved:
        break;
      case Attempt::kAvoided:
        if (count < kMaxPassedOver) passed_over[count++] = SlotOf(word);
    }
  }
}

bool Engine::Avoided(std::uint64_t word,
                     absl::Span<const std::string_view> avoid) const {
  if (avoid.empty()) return false;
  Record& record =
      *index_.load(std::memory_order_acquire)->RecordAt(SlotOf(word));
  const SpinLockHolder lock(record.lock);
  return Contains(avoid, record.id());
}

std::uint64_t Engine::LowestOfAllBut(
    absl::Span<const std::string_view> avoid) const {
  const WinnerTree& tree = index_.load(std::memory_order_acquire)->tree;
  std::uint64_t lowest = WinnerTree::kNone;
  for (std::size_t slot = 0; slot < tree.slots(); ++slot) {
    const std::uint64_t word = tree.Get(slot);
    if (word < lowest && !Avoided(word, avoid)) lowest = word;
  }
  return lowest;
}

std::uint64_t Engine::WordByChance(absl::Span<const std::string_view> avoid,
                                   bool even_held_back) const {
  const WinnerTree& tree = index_.load(std::memory_order_acquire)->tree;
  const std::size_t slots =
      std::min(size_.load(std::memory_order_relaxed), tree.slots());
  const auto word_at = [&](std::size_t slot) {
    const std::uint64_t word = tree.Get(slot);
    const bool passed_over = word == WinnerTree::kNone ||
                             (IsHeldBack(word) && !even_held_back) ||
                             Avoided(word, avoid);
    return passed_over ? WinnerTree::kNone : word;
  };
  Random random(Mix(seed_ + tree.count()));
  return choice_.load(std::memory_order_relaxed) == Choice::kPowerOfTwo
             ? LowerOfTwo(slots, word_at, random)
             : WeightedRandom(slots, word_at, random);
}

// From those with the fewest objections to them: to be avoided weighs more than
// to be held back.
std::uint64_t Engine::WordByChance(
    absl::Span<const std::string_view> avoid) const {
  for (const auto& avoided : {avoid, absl::Span<const std::string_view>()}) {
    for (const bool even_held_back : {false, true}) {
      const std::uint64_t word = WordByChance(avoided, even_held_back);
      if (word != WinnerTree::kNone) return word;
    }
  }
  return WinnerTree::kNone;
}

Engine::Picked Engine::TakeByChance(absl::Span<const std::string_view> avoid,
                                    const Moment& moment) {
  Picked picked;
  for (;;) {
    const std::uint64_t word = WordByChance(avoid);
    if (word == WinnerTree::kNone) return {};
    if (Take(word, moment, {}, false, picked) == Attempt::kTaken) return picked;
  }
}

}  // namespace els::internal
