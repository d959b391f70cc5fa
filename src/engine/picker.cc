#include "src/engine/picker.h"

#include <algorithm>
#include <array>

#include "absl/algorithm/container.h"
#include "absl/base/attributes.h"
#include "els/random.h"
#include "src/base/key_hash.h"
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

// How often a pick looks again at what another thread may have changed.
constexpr int kMaxTries = 4;

using PickFailure::kAllFull;
using PickFailure::kEmptySet;

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

// Returns what a pick asks of the backend that has the lowest word: its score
// must not have risen by more than kTolerance since the word was written.
inline Picker::Wanted Picker::Lowest(std::uint64_t word,
                                     absl::Span<const std::string_view> avoid,
                                     Work work, int rewrites) {
  Wanted wanted = {.work = work, .avoid = avoid};
  wanted.check_held_back = rewrites < kMaxRewrites;
  if (wanted.check_held_back) {
    wanted.most_s = ExpectedLatencyOf(word) * (1 + kTolerance);
  }
  return wanted;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline Picker::Attempt Picker::TakeFound(
    Record& record, std::uint64_t word, const Moment& moment,
    const Wanted& wanted, News& news) {
  if (!wanted.avoid.empty() &&
      absl::c_linear_search(wanted.avoid, record.id())) {
    return Attempt::kAvoided;
  }
  Evidence& evidence = record.evidence;
  const bool full = evidence.Full();
  if (full && IsFull(word)) return Attempt::kFull;
  const bool is_time = evidence.CatchUp(moment);
  Terms terms = evidence.TermsAt(moment);
  const bool moved = full || IsFull(word) ||
                     ExpectedLatency(terms) > wanted.most_s ||
                     (wanted.check_held_back &&
                      evidence.HeldBack(moment, terms) != IsHeldBack(word));
  if (!moved) {
    evidence.Picked(moment, wanted.work, terms);
    evidence.AddPickTo(moment, wanted.work, terms);
  }
  if (is_time || evidence.HasMuchNews() || inbox_.Quiet()) {
    news = evidence.TakeNews();
  }
  // A pick does not make the score fall sooner, so the word names the same
  // round.
  board_.Write(record, terms, moment, DueOf(word));
  return moved ? Attempt::kMoved : Attempt::kTaken;
}

// Takes the backend that has `word` in `index`. The backend must still have
// that word, the set must still have that index, and the backend must be what
// is wanted. Otherwise the backend's word is written anew.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline Picker::Attempt Picker::Take(
    Index& index, std::uint64_t word, const Moment& moment,
    const Wanted& wanted, Picked& picked) {
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
      attempt = TakeFound(record, word, moment, wanted, news);
      picked = {&record, record.tag, moment.now_ns};
    }
  }
  if (attempt == Attempt::kTaken) {
    index.tree.Settle(slot);
  } else {
    index.tree.SettleAll(slot);
  }
  if (news.Any()) inbox_.Tell(news);
  return attempt;
}

// Takes the backend with this id if it is what is wanted. Returns whether it
// did. If the set changes meanwhile, it may miss the id, or take the backend
// that has come into its slot.
bool Picker::TakeIfCheap(Index& index, std::string_view id,
                         const Wanted& wanted, bool even_held_back,
                         const Moment& moment, Picked& picked) {
  const std::size_t slot =
      index.ids.Find(IdTable::Hash(id), [&](std::size_t candidate) {
        Record* const record = index.Find(candidate);
        if (record == nullptr) return false;
        const SpinLockHolder lock(record->lock);
        return record->slot == candidate && record->id() == id;
      });
  if (slot == IdTable::kNone) return false;
  // Again if another thread has changed the word meanwhile.
  for (int tries = 0; tries < kMaxTries; ++tries) {
    const std::uint64_t word = index.tree.Get(slot);
    if (word == WinnerTree::kNone || IsFull(word) ||
        (IsHeldBack(word) && !even_held_back)) {
      return false;
    }
    const Attempt attempt = Take(index, word, moment, wanted, picked);
    if (attempt != Attempt::kMoved) return attempt == Attempt::kTaken;
  }
  return false;
}

// Returns no record if no preferred backend is cheap enough.
Picked Picker::TakePreferred(const Request& request, Work work,
                             const Moment& moment) {
  Index& index = board_.index();
  const std::uint64_t lowest = index.tree.Lowest();
  if (IsFull(lowest)) return {};  // Or there is none.
  const double price = request.price >= 1 ? request.price : 1;
  const Wanted wanted = {
      .work = work,
      .avoid = request.avoid,
      .most_s = price * ExpectedLatencyOf(lowest) * (1 + kTolerance)};
  Picked picked;
  for (const std::string_view id : request.prefer) {
    if (TakeIfCheap(index, id, wanted, IsHeldBack(lowest), moment, picked)) {
      picked.preferred = true;
      return picked;
    }
  }
  return {};
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

Picked Picker::TakeLowest(Work work, const Moment& moment) {
  Picked picked;
  int full = 0;
  for (int rewrites = 0;; ++rewrites) {
    Index& index = board_.index();
    const std::uint64_t word = index.tree.Lowest();
    if (word == WinnerTree::kNone) {
      if (NothingToFind(index, rewrites)) return {.failure = kEmptySet};
      continue;
    }
    switch (
        Take(index, word, moment, Lowest(word, {}, work, rewrites), picked)) {
      case Attempt::kTaken:
        return picked;
      case Attempt::kFull:
        // Looks again, as a node may lack a word that its slot has.
        if (++full == kMaxTries) return {.failure = kAllFull};
        break;
      case Attempt::kMoved:
      case Attempt::kAvoided:
        break;
    }
  }
}

Picked Picker::TakeLowestBut(absl::Span<const std::string_view> avoid,
                             Work work, const Moment& moment) {
  Picked picked;
  std::array<std::size_t, kMaxPassedOver> passed_over = {};
  std::size_t count = 0;
  for (int rewrites = 0;; ++rewrites) {
    Index& index = board_.index();
    const std::uint64_t word = count < kMaxPassedOver
                                   ? index.tree.LowestBut(absl::MakeConstSpan(
                                         passed_over.data(), count))
                                   : LowestOfAllBut(index, avoid);
    if (IsFull(word)) return TakeLowest(work, moment);  // Or there is none.
    switch (Take(index, word, moment, Lowest(word, avoid, work, rewrites),
                 picked)) {
      case Attempt::kTaken:
        return picked;
      case Attempt::kMoved:
      case Attempt::kFull:
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
    const bool passed_over = IsFull(word) ||  // Or there is none.
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
                            absl::Span<const std::string_view> avoid, Work work,
                            const Moment& moment) {
  Picked picked;
  for (int look = 0;; ++look) {
    Index& index = board_.index();
    const std::uint64_t word = WordByChance(choice, index, avoid);
    if (word == WinnerTree::kNone) {
      // Where all words are full, this finds out if all backends are.
      const bool any = index.tree.Lowest() != WinnerTree::kNone;
      if (any || NothingToFind(index, look)) return TakeLowest(work, moment);
    } else if (Take(index, word, moment,
                    {.work = work, .check_held_back = false},
                    picked) == Attempt::kTaken) {
      return picked;
    }
  }
}

}  // namespace els::internal
