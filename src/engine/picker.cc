#include "src/engine/picker.h"

#include <algorithm>
#include <array>

#include "absl/algorithm/container.h"
#include "absl/base/attributes.h"
#include "els/random.h"
#include "src/index/choice.h"
#include "src/index/index.h"
#include "src/index/word.h"

namespace els::internal {
namespace {

// How far the score of the backend picked may have risen since its word was
// written, as a part of the score.
constexpr double kTolerance = 0.02;

// A pick writes at most this many risen words anew. After these the pick takes
// the lowest word, risen or not. More words than this rise at once only if many
// backends are silent for long.
constexpr int kMaxRewrites = 16;

// A pick passes over this many backends to avoid by looking for the next lowest
// word. After these the pick looks through all words.
constexpr std::size_t kMaxPassedOver = 8;

bool Avoided(const Index& index, std::uint64_t word,
             absl::Span<const std::string_view> avoid) {
  if (avoid.empty()) return false;
  Record* const record = index.Find(SlotOf(word));
  if (record == nullptr) return true;
  const SpinLockHolder lock(record->lock);
  return absl::c_linear_search(avoid, record->id());
}

std::uint64_t LowestOfAllBut(const Index& index,
                             absl::Span<const std::string_view> avoid) {
  std::uint64_t lowest = WinnerTree::kNone;
  for (std::size_t slot = 0; slot < index.slots(); ++slot) {
    const std::uint64_t word = index.tree.Get(slot);
    if (word < lowest && !Avoided(index, word, avoid)) lowest = word;
  }
  return lowest;
}

}  // namespace

ABSL_ATTRIBUTE_ALWAYS_INLINE inline Picker::Attempt Picker::TakeFound(
    Record& record, std::uint64_t word, const Moment& moment,
    absl::Span<const std::string_view> avoid, bool check_risen, News& news) {
  if (!avoid.empty() && absl::c_linear_search(avoid, record.id()))
    return Attempt::kAvoided;
  Evidence& evidence = record.evidence;
  const bool is_time = evidence.CatchUp(moment);
  Terms terms = evidence.TermsAt(moment);
  const bool risen =
      check_risen &&
      (evidence.HeldBack(moment, terms) != IsHeldBack(word) ||
       ExpectedLatency(terms) > ExpectedLatencyOf(word) * (1 + kTolerance));
  if (!risen) {
    evidence.Picked(moment);
    evidence.AddPickTo(moment, terms);
  }
  if (is_time || evidence.HasMuchNews() || inbox_.Quiet()) {
    news = evidence.TakeNews();
  }
  // A pick does not make the score fall sooner, so the word names the same
  // round.
  board_.Write(record, terms, moment, DueOf(word));
  return risen ? Attempt::kMoved : Attempt::kTaken;
}

// Takes the backend that has `word` in `index`. The backend must still have
// that word, the set must still have that index, and the backend must not be in
// `avoid`. If `check_risen`, the score must not be above that of the word by
// more than kTolerance, and the backend must be held back if and only if the
// word says so.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline Picker::Attempt Picker::Take(
    Index& index, std::uint64_t word, const Moment& moment,
    absl::Span<const std::string_view> avoid, bool check_risen,
    Picked& picked) {
  const std::size_t slot = SlotOf(word);
  Record* const found = index.Find(slot);
  if (found == nullptr) return Attempt::kMoved;
  Record& record = *found;
  record.Prefetch();
  Attempt attempt = Attempt::kMoved;
  News news;
  {
    const SpinLockHolder lock(record.lock);
    // Otherwise the backend has left the slot, its word has changed, or the set
    // has moved to another index.
    if (record.slot == slot && index.tree.Get(slot) == word &&
        &index == &board_.index()) {
      attempt = TakeFound(record, word, moment, avoid, check_risen, news);
      picked = {&record, record.tag, moment.now_ns};
    }
  }
  if (attempt == Attempt::kMoved) {
    index.tree.SettleAll(slot);
  } else {
    index.tree.Settle(slot);
  }
  if (news.Any()) inbox_.Tell(news);
  return attempt;
}

// Returns whether no word was found because the set is empty. If it is not
// empty, the index was being filled for a set to come, or a node lacks a word
// below it. Then this settles one more slot, so that the next look may find a
// word.
bool Picker::NothingToFind(Index& index, int look) const {
  const std::size_t size = std::min(board_.size(), index.slots());
  if (size == 0) return true;
  index.tree.Settle(static_cast<std::size_t>(look) % size);
  return false;
}

Picked Picker::TakeLowest(const Moment& moment) {
  Picked picked;
  for (int rewrites = 0;; ++rewrites) {
    Index& index = board_.index();
    const std::uint64_t word = index.tree.Lowest();
    if (word == WinnerTree::kNone) {
      if (NothingToFind(index, rewrites)) return {};
      continue;
    }
    if (Take(index, word, moment, {}, rewrites < kMaxRewrites, picked) ==
        Attempt::kTaken) {
      return picked;
    }
  }
}

Picked Picker::TakeLowestBut(absl::Span<const std::string_view> avoid,
                             const Moment& moment) {
  Picked picked;
  std::array<std::size_t, kMaxPassedOver> passed_over = {};
  std::size_t count = 0;
  for (int rewrites = 0;; ++rewrites) {
    Index& index = board_.index();
    const std::uint64_t word = count < kMaxPassedOver
                                   ? index.tree.LowestBut(absl::MakeConstSpan(
                                         passed_over.data(), count))
                                   : LowestOfAllBut(index, avoid);
    if (word == WinnerTree::kNone) return TakeLowest(moment);
    switch (Take(index, word, moment, avoid, rewrites < kMaxRewrites, picked)) {
      case Attempt::kTaken:
        return picked;
      case Attempt::kMoved:
        break;
      case Attempt::kAvoided:
        if (count < kMaxPassedOver) passed_over[count++] = SlotOf(word);
    }
  }
}

std::uint64_t Picker::WordByChance(Choice choice, const Index& index,
                                   absl::Span<const std::string_view> avoid,
                                   bool even_held_back) {
  const WinnerTree& tree = index.tree;
  const std::size_t slots = std::min(board_.size(), tree.slots());
  const auto word_at = [&](std::size_t slot) {
    const std::uint64_t word = tree.Get(slot);
    const bool passed_over = word == WinnerTree::kNone ||
                             (IsHeldBack(word) && !even_held_back) ||
                             Avoided(index, word, avoid);
    return passed_over ? WinnerTree::kNone : word;
  };
  Random random(Mix(seed_ + draws_.fetch_add(1, std::memory_order_relaxed)));
  return choice == Choice::kPowerOfTwo ? LowerOfTwo(slots, word_at, random)
                                       : WeightedRandom(slots, word_at, random);
}

// Draws from the backends with the fewest objections to them. To be avoided
// weighs more than to be held back.
std::uint64_t Picker::WordByChance(Choice choice, const Index& index,
                                   absl::Span<const std::string_view> avoid) {
  for (const auto& avoided : {avoid, absl::Span<const std::string_view>()}) {
    for (const bool even_held_back : {false, true}) {
      const std::uint64_t word =
          WordByChance(choice, index, avoided, even_held_back);
      if (word != WinnerTree::kNone) return word;
    }
  }
  return WinnerTree::kNone;
}

Picked Picker::TakeByChance(Choice choice,
                            absl::Span<const std::string_view> avoid,
                            const Moment& moment) {
  Picked picked;
  for (int look = 0;; ++look) {
    Index& index = board_.index();
    const std::uint64_t word = WordByChance(choice, index, avoid);
    if (word == WinnerTree::kNone) {
      if (NothingToFind(index, look)) return {};
      continue;
    }
    if (Take(index, word, moment, {}, false, picked) == Attempt::kTaken) {
      return picked;
    }
  }
}

}  // namespace els::internal
