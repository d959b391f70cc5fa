// What the engine says of its picks.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "els/explanation.h"
#include "src/engine.h"
#include "src/word.h"

namespace els::internal {
namespace {

// The float of the word, so that what is a tie there is one here.
bool SameExpectedLatency(std::uint64_t a, std::uint64_t b) {
  return IsHeldBack(a) == IsHeldBack(b) &&
         ExpectedLatencyOf(a) == ExpectedLatencyOf(b);
}

}  // namespace

BackendCopy CopyOf(Record& record, const Moment& moment) {
  BackendCopy copy;
  // Room for the id is made without the lock.
  std::size_t room = 0;
  const auto copied = [&] {
    const SpinLockHolder lock(record.lock);
    room = record.id().size();
    if (room > copy.id.capacity()) return false;
    copy.id = record.id();
    copy.evidence = record.evidence;
    copy.mishaps = record.details().mishaps;
    copy.tag = record.tag;
    return true;
  };
  while (!copied()) copy.id.reserve(room);
  copy.evidence.CatchUp(moment);
  return copy;
}

BackendSnapshot SnapshotOf(BackendCopy copy, const Moment& moment) {
  BackendSnapshot snapshot = copy.evidence.Snapshot(moment, copy.mishaps);
  snapshot.id = std::move(copy.id);
  snapshot.tag = copy.tag;
  return snapshot;
}

// The best few, of which the first is the one to be picked if it may be.
std::vector<Engine::Candidate> Engine::BestFew(const Moment& moment) const {
  const Index& index = *index_.load(std::memory_order_acquire);
  std::array<std::size_t, kExplainedCandidates> slots = {};
  std::vector<Candidate> best;
  while (best.size() < slots.size()) {
    const std::uint64_t word =
        index.tree.LowestBut(absl::MakeConstSpan(slots.data(), best.size()));
    if (word == WinnerTree::kNone) break;
    Record* const record = index.Find(SlotOf(word));
    if (record == nullptr) break;
    slots[best.size()] = SlotOf(word);
    best.push_back({word, SnapshotOf(CopyOf(*record, moment), moment)});
  }
  return best;
}

Engine::Picked Engine::PickAndExplain(TimePoint now,
                                      absl::Span<const std::string_view> avoid,
                                      const Moment& moment) {
  std::vector<Candidate> best = BestFew(moment);
  const Picked picked = Choose(avoid, moment);
  if (picked.record == nullptr) return picked;

  BackendCopy copy = CopyOf(*picked.record, moment);
  const auto found =
      std::find_if(best.begin(), best.end(), [&](const Candidate& candidate) {
        return candidate.snapshot.id == copy.id;
      });
  if (found != best.end()) {
    std::rotate(best.begin(), found, found + 1);
  } else {
    // As it was before the pick, but for what that has added to its turn.
    copy.evidence.Settled(moment.now_ns);
    copy.evidence.Released();
    best.insert(best.begin(),
                {WinnerTree::kNone, SnapshotOf(std::move(copy), moment)});
    if (best.size() > kExplainedCandidates) best.pop_back();
  }

  PickExplanation explanation;
  explanation.now = now;
  explanation.reason = ReasonFor(best, avoid);
  for (Candidate& candidate : best) {
    explanation.candidates.push_back(std::move(candidate.snapshot));
  }
  pick_log_.Add(std::move(explanation));
  return picked;
}

// `best` begins with the one picked.
PickReason Engine::ReasonFor(const std::vector<Candidate>& best,
                             absl::Span<const std::string_view> avoid) const {
  if (size_.load(std::memory_order_relaxed) == 1) return PickReason::kOnlyOne;
  if (choice_.load(std::memory_order_relaxed) != Choice::kLowest) {
    return PickReason::kByChance;
  }
  const Candidate& picked = best.front();
  for (const Candidate& candidate : best) {
    if (candidate.word < picked.word &&
        Contains(avoid, candidate.snapshot.id)) {
      return PickReason::kAvoided;
    }
  }
  if (picked.snapshot.successes == 0) return PickReason::kFirstContact;
  if (best.size() > 1 && SameExpectedLatency(picked.word, best[1].word)) {
    return PickReason::kTie;
  }
  return PickReason::kBest;
}

void Engine::Explain(std::size_t picks) { pick_log_.Keep(picks); }

std::vector<PickExplanation> Engine::Explanations() const {
  return pick_log_.All();
}

}  // namespace els::internal
