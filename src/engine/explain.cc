#include "src/engine/explain.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "src/index/index.h"
#include "src/index/word.h"
#include "src/set/backend_copy.h"

namespace els::internal {
namespace {

// Compares the floats in the words, so a tie here is a tie in the index.
bool SameExpectedLatency(std::uint64_t a, std::uint64_t b) {
  return IsHeldBack(a) == IsHeldBack(b) &&
         ExpectedLatencyOf(a) == ExpectedLatencyOf(b);
}

}  // namespace

PickExplainer::PickExplainer(const Scoreboard& board, const Moment& moment)
    : board_(board), moment_(moment) {
  const Index& index = board.index();
  std::array<std::size_t, kExplainedCandidates> slots = {};
  while (best_.size() < slots.size()) {
    const std::uint64_t word =
        index.tree.LowestBut(absl::MakeConstSpan(slots.data(), best_.size()));
    if (word == WinnerTree::kNone) break;
    Record* const record = index.Find(SlotOf(word));
    if (record == nullptr) break;
    slots[best_.size()] = SlotOf(word);
    best_.push_back({word, SnapshotOf(CopyOf(*record, moment), moment)});
  }
}

PickExplanation PickExplainer::Explain(const Picked& picked, Choice choice,
                                       const Request& request, TimePoint now) {
  PutPickedFirst(picked, ToWork(request.work));
  PickExplanation explanation;
  explanation.now = now;
  explanation.reason = picked.preferred && board_.size() > 1
                           ? PickReason::kPreferred
                           : Reason(choice, request.avoid);
  for (Candidate& candidate : best_) {
    explanation.candidates.push_back(std::move(candidate.snapshot));
  }
  return explanation;
}

void PickExplainer::PutPickedFirst(const Picked& picked, Work work) {
  BackendCopy copy = CopyOf(*picked.record, moment_);
  const auto found =
      std::find_if(best_.begin(), best_.end(), [&](const Candidate& candidate) {
        return candidate.snapshot.id == copy.id;
      });
  if (found != best_.end()) {
    std::rotate(best_.begin(), found, found + 1);
    return;
  }
  // As the backend was before the pick, except that the turn and the mean queue
  // count the pick.
  copy.evidence.outstanding().Settled(work, moment_.now_ns);
  copy.evidence.outstanding().Released(work);
  best_.insert(best_.begin(),
               {WinnerTree::kNone, SnapshotOf(std::move(copy), moment_)});
  if (best_.size() > kExplainedCandidates) best_.pop_back();
}

PickReason PickExplainer::Reason(
    Choice choice, absl::Span<const std::string_view> avoid) const {
  if (board_.size() == 1) return PickReason::kOnlyOne;
  if (choice != Choice::kLowest) return PickReason::kByChance;
  const Candidate& picked = best_.front();
  for (const Candidate& candidate : best_) {
    if (candidate.word < picked.word &&
        absl::c_linear_search(avoid, candidate.snapshot.id)) {
      return PickReason::kAvoided;
    }
  }
  if (picked.snapshot.successes == 0) return PickReason::kFirstContact;
  if (best_.size() > 1 && SameExpectedLatency(picked.word, best_[1].word)) {
    return PickReason::kTie;
  }
  return PickReason::kBest;
}

}  // namespace els::internal
