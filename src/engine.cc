#include "src/engine.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "src/choice.h"

namespace els::internal {
namespace {

// Bounds what a stream of ever new ids can make the balancer remember.
constexpr std::size_t kMaxRemembered = Balancer::kMaxBackends;

// Of a word: E as a float above, then the random bits, then the slot.
constexpr int kSlotBits = 16;
constexpr int kTieBits = 16;
static_assert(Balancer::kMaxBackends <= std::size_t{1} << kSlotBits);

std::size_t Slot(std::uint64_t word) {
  return word & ((std::size_t{1} << kSlotBits) - 1);
}

float ScoreOf(std::uint64_t word) {
  return std::bit_cast<float>(
      static_cast<std::uint32_t>(word >> (kTieBits + kSlotBits)));
}

double Change(double from, double to) { return std::abs(to - from) / from; }

// By how much what scores are made of may move between two refreshes of one.
constexpr double kStaleness = 0.01;

// By how much the score of the backend picked may have risen since it was
// written.
constexpr float kTolerance = 0.002F;

// How many words that have risen one pick writes anew before it takes what
// comes; far more than ever rise at once, but for a long silence of thousands.
constexpr int kMaxRewrites = 128;

// Uniform in [1 - spread, 1 + spread].
double DrawStretch(double spread, Random& random) {
  return 1 + spread * (2 * random.Uniform() - 1);
}

}  // namespace

Engine::Engine(const Options& options, std::uint64_t seed)
    : options_(options),
      random_(seed),
      fleet_(options, DrawStretch(options.success_memory_spread, random_)),
      round_(MeansNow()) {}

Engine::Means Engine::MeansNow() const {
  return {fleet_.age(), fleet_.latency_s(), fleet_.failure_cost_s(),
          fleet_.idle_share()};
}

void Engine::SetOptions(const Options& options, TimePoint now) {
  now_ = time_.Advance(now);
  options_ = options;
  fleet_.SetOptions(options);
  BuildIndex();
}

void Engine::SetBackends(absl::Span<const Backend> backends, TimePoint now,
                         const std::shared_ptr<Shared>& shared) {
  now_ = time_.Advance(now);
  Forget(now_);
  ReplaceSet(backends, now_, shared);
  candidates_.reserve(set_.size());
  fleet_.SetBackends(set_.size());
  BuildIndex();
}

void Engine::Clear() {
  for (const auto& record : set_) record->set_slot(Record::kNoSlot);
  slot_by_id_.clear();
  set_.clear();
  removed_.clear();
}

void Engine::ReplaceSet(absl::Span<const Backend> backends, Duration now,
                        const std::shared_ptr<Shared>& shared) {
  absl::flat_hash_map<absl::string_view, std::shared_ptr<Record>> known;
  for (const Removed& removed : removed_) {
    if (now - removed.since <= options_.removed_memory) {
      known.emplace(removed.record->id(), removed.record);
    }
  }
  for (const auto& record : set_) {
    known.emplace(record->id(), record);
    record->set_slot(Record::kNoSlot);
  }

  std::vector<std::shared_ptr<Record>> set;
  set.reserve(backends.size());
  for (const Backend& backend : backends) {
    const auto found = known.find(backend.id);
    set.push_back(found != known.end()
                      ? found->second
                      : std::make_shared<Record>(backend.id, shared));
    set.back()->Describe(backend.tag, backend.distance);
    set.back()->set_slot(set.size() - 1);
  }
  std::erase_if(removed_, [](const Removed& removed) {
    return removed.record->slot() != Record::kNoSlot;
  });
  for (const auto& record : set_) {
    if (record->slot() == Record::kNoSlot) removed_.push_back({record, now});
  }
  set_ = std::move(set);
}

// Those with requests outstanding stay listed until these are over.
void Engine::Forget(Duration now) {
  std::size_t excess =
      removed_.size() - std::min(removed_.size(), kMaxRemembered);
  std::erase_if(removed_, [&](const Removed& removed) {
    if (removed.record->outstanding() > 0) return false;
    if (now - removed.since > options_.removed_memory) return true;
    if (excess == 0) return false;
    --excess;
    return true;
  });
}

void Engine::BuildIndex() {
  slot_by_id_.clear();
  open_.Reset(set_.size());
  limited_.Reset(set_.size());
  for (std::size_t slot = 0; slot < set_.size(); ++slot) {
    slot_by_id_.emplace(set_[slot]->id(), slot);
    Write(slot);
  }
  refreshed_ = 0;
  round_ = MeansNow();
}

std::uint64_t Engine::Word(std::size_t slot) {
  const Terms terms = set_[slot]->At(now_, fleet_, options_);
  const auto score = static_cast<float>(ExpectedLatency(terms));
  const std::uint64_t tie_break = random_.Bits() >> (64 - kTieBits);
  return std::uint64_t{std::bit_cast<std::uint32_t>(score)}
             << (kTieBits + kSlotBits) |
         tie_break << kSlotBits | slot;
}

void Engine::Write(std::size_t slot) {
  const bool limited =
      set_[slot]->AtFirstContactLimit(options_.first_contact_limit);
  (limited ? limited_ : open_).Set(slot, Word(slot));
  WinnerTree& other = limited ? open_ : limited_;
  if (other.Get(slot) != WinnerTree::kNone) other.Set(slot, WinnerTree::kNone);
}

void Engine::WriteIfInSet(const Record& record) {
  if (record.slot() != Record::kNoSlot) Write(record.slot());
}

// A round of refreshing goes on as far as the means have moved since it began,
// in units of kStaleness; to and fro does not count.
void Engine::RefreshInTurn() {
  const Means now = MeansNow();
  const auto size = static_cast<double>(set_.size());
  const double moved =
      now.age - round_.age + Change(round_.latency_s, now.latency_s) +
      Change(round_.failure_cost_s, now.failure_cost_s) +
      options_.turn_slope * Change(round_.idle_share, now.idle_share);
  const auto due =
      static_cast<std::size_t>(std::min(moved / kStaleness, 1.0) * size);
  for (; refreshed_ < due; ++refreshed_) Write(refreshed_);
  if (refreshed_ < set_.size()) return;
  refreshed_ = 0;
  round_ = now;
}

// The slot whose score is the lowest now, not only as it was written.
// REQUIRES: the tree is not empty.
std::size_t Engine::Lowest(WinnerTree& tree) {
  for (int i = 0; i < kMaxRewrites; ++i) {
    const std::uint64_t lowest = tree.Lowest();
    const std::size_t slot = Slot(lowest);
    const std::uint64_t word = Word(slot);
    if (ScoreOf(word) <= ScoreOf(lowest) * (1 + kTolerance)) return slot;
    tree.Set(slot, word);
  }
  return Slot(tree.Lowest());
}

// The unproven that are at their limit count only where the best of the others
// is late, or there is none.
std::size_t Engine::LowestOfAll() {
  if (open_.Lowest() == WinnerTree::kNone) return Lowest(limited_);
  const std::size_t best = Lowest(open_);
  if (limited_.Lowest() == WinnerTree::kNone ||
      !set_[best]->Late(now_, fleet_, options_)) {
    return best;
  }
  const std::size_t other = Lowest(limited_);
  return limited_.Get(other) < open_.Get(best) ? other : best;
}

std::size_t Engine::ChooseSlot(absl::Span<const std::string_view> avoid) {
  if (options_.choice != Choice::kLowest) return ChooseByChance(avoid);
  return avoid.empty() ? LowestOfAll() : LowestAvoiding(avoid);
}

// Takes the words of the avoided out for the choice, unless these are all.
std::size_t Engine::LowestAvoiding(absl::Span<const std::string_view> avoid) {
  for (const std::string_view id : avoid) {
    const auto found =
        slot_by_id_.find(absl::string_view(id.data(), id.size()));
    if (found == slot_by_id_.end()) continue;
    open_.Set(found->second, WinnerTree::kNone);
    limited_.Set(found->second, WinnerTree::kNone);
  }
  const bool any_left = open_.Lowest() != WinnerTree::kNone ||
                        limited_.Lowest() != WinnerTree::kNone;
  const std::size_t chosen = any_left ? LowestOfAll() : 0;
  for (const std::string_view id : avoid) {
    const auto found =
        slot_by_id_.find(absl::string_view(id.data(), id.size()));
    if (found != slot_by_id_.end()) Write(found->second);
  }
  return any_left ? chosen : LowestOfAll();
}

// O(1) for the power of two unless some backends are out of the choice.
std::size_t Engine::ChooseByChance(absl::Span<const std::string_view> avoid) {
  const auto score = [&](std::size_t slot) {
    return ExpectedLatency(set_[slot]->At(now_, fleet_, options_));
  };
  if (avoid.empty() && limited_.Lowest() == WinnerTree::kNone) {
    return Choose(options_.choice, set_.size(), score, random_);
  }
  CollectCandidates(avoid);
  return candidates_[Choose(
      options_.choice, candidates_.size(),
      [&](std::size_t i) { return score(candidates_[i]); }, random_)];
}

// Those with the fewest objections to them: to be avoided weighs more than to
// be at the first-contact limit.
void Engine::CollectCandidates(absl::Span<const std::string_view> avoid) {
  candidates_.clear();
  int fewest = 3;
  for (std::size_t slot = 0; slot < set_.size(); ++slot) {
    const bool avoided =
        std::find(avoid.begin(), avoid.end(), set_[slot]->id()) != avoid.end();
    const bool limited = limited_.Get(slot) != WinnerTree::kNone;
    const int objections = 2 * avoided + limited;
    if (objections > fewest) continue;
    if (objections < fewest) candidates_.clear();
    fewest = objections;
    candidates_.push_back(slot);
  }
}

Engine::Picked Engine::Pick(TimePoint now,
                            absl::Span<const std::string_view> avoid) {
  now_ = time_.Advance(now);
  if (set_.empty()) return {};
  fleet_.Advance(now_);
  RefreshInTurn();
  const std::shared_ptr<Record>& record = set_[ChooseSlot(avoid)];
  record->Picked(now_, fleet_);
  Write(record->slot());
  return {record, record->tag(), now_};
}

void Engine::Learn(Record& record, Duration start, Outcome outcome,
                   TimePoint now) {
  now_ = time_.Advance(now);
  record.Settled(start);
  record.Learn(outcome, now_ - start, fleet_, options_);
}

void Engine::Answered(Record& record, Duration start, Outcome outcome,
                      TimePoint now) {
  Learn(record, start, outcome, now);
  WriteIfInSet(record);
}

void Engine::Finish(Record& record, Duration start, Outcome outcome,
                    TimePoint now) {
  Learn(record, start, outcome, now);
  Released(record);
}

void Engine::Released(Record& record) {
  record.Released();
  WriteIfInSet(record);
}

void Engine::Drop(Record& record, Duration start, bool answered) {
  if (!answered) record.Settled(start);
  record.CountDropped();
  Released(record);
}

std::vector<BackendSnapshot> Engine::Snapshot(TimePoint now) const {
  const Duration at = time_.Peek(now);
  std::vector<BackendSnapshot> snapshots;
  snapshots.reserve(set_.size());
  for (const auto& record : set_) {
    snapshots.push_back(record->Snapshot(at, fleet_, options_));
  }
  for (const Removed& removed : removed_) {
    if (removed.record->outstanding() == 0) continue;
    snapshots.push_back(removed.record->Snapshot(at, fleet_, options_));
    snapshots.back().removed = true;
  }
  return snapshots;
}

}  // namespace els::internal
