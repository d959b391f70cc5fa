#include "src/engine.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "src/choice.h"

namespace els::internal {
namespace {

// Bounds what a stream of ever new ids can make the balancer remember.
constexpr std::size_t kMaxRemembered = Balancer::kMaxBackends;

// Uniform in [1 - spread, 1 + spread].
double DrawStretch(double spread, Random& random) {
  return 1 + spread * (2 * random.Uniform() - 1);
}

}  // namespace

Engine::Engine(const Options& options, std::uint64_t seed)
    : options_(options),
      random_(seed),
      fleet_(options, DrawStretch(options.success_memory_spread, random_)) {}

void Engine::SetOptions(const Options& options, TimePoint now) {
  time_.Advance(now);
  options_ = options;
  fleet_.SetOptions(options);
}

void Engine::SetBackends(absl::Span<const Backend> backends, TimePoint now) {
  const Duration at = time_.Advance(now);
  Forget(at);
  ReplaceSet(backends, at);
  candidates_.reserve(set_.size());
}

void Engine::ReplaceSet(absl::Span<const Backend> backends, Duration now) {
  absl::flat_hash_map<absl::string_view, std::shared_ptr<Record>> known;
  for (const Removed& removed : removed_) {
    if (now - removed.since <= options_.removed_memory) {
      known.emplace(removed.record->id(), removed.record);
    }
  }
  for (const auto& record : set_) known.emplace(record->id(), record);

  std::vector<std::shared_ptr<Record>> set;
  set.reserve(backends.size());
  absl::flat_hash_set<const Record*> staying;
  for (const Backend& backend : backends) {
    const auto found = known.find(backend.id);
    set.push_back(found != known.end() ? found->second
                                       : std::make_shared<Record>(backend.id));
    set.back()->Describe(backend.tag, backend.distance);
    staying.insert(set.back().get());
  }
  std::erase_if(removed_, [&](const Removed& removed) {
    return staying.contains(removed.record.get());
  });
  for (const auto& record : set_) {
    if (!staying.contains(record.get())) removed_.push_back({record, now});
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

Engine::Picked Engine::Pick(TimePoint now,
                            absl::Span<const std::string_view> avoid) {
  const Duration at = time_.Advance(now);
  if (set_.empty()) return {};
  fleet_.Advance(at, set_.size());
  CollectCandidates(at, avoid);
  const auto score = [&](std::size_t i) {
    const Record& record = *set_[candidates_[i]];
    return ExpectedLatency(record.At(at, fleet_, set_.size(), options_));
  };
  const std::size_t chosen =
      Choose(options_.choice, candidates_.size(), score, random_);
  const std::shared_ptr<Record>& record = set_[candidates_[chosen]];
  record->Picked(at, fleet_);
  return {record, record->tag(), at};
}

// All but the avoided, if that leaves any; of these, the unproven that are at
// their limit only where nobody else is left who answers in time.
void Engine::CollectCandidates(Duration now,
                               absl::Span<const std::string_view> avoid) {
  candidates_.clear();
  for (std::size_t i = 0; i < set_.size(); ++i) {
    if (std::find(avoid.begin(), avoid.end(), set_[i]->id()) == avoid.end()) {
      candidates_.push_back(i);
    }
  }
  if (candidates_.empty()) {
    candidates_.resize(set_.size());
    std::iota(candidates_.begin(), candidates_.end(), std::size_t{0});
  }
  const auto limited = [&](std::size_t i) {
    return set_[i]->AtFirstContactLimit(options_.first_contact_limit);
  };
  const auto at_hand = [&](std::size_t i) {
    return !limited(i) && !set_[i]->Late(now, fleet_, options_);
  };
  if (std::any_of(candidates_.begin(), candidates_.end(), at_hand)) {
    std::erase_if(candidates_, limited);
  }
}

void Engine::Answered(Record& record, Duration start, Outcome outcome,
                      TimePoint now) {
  const Duration at = time_.Advance(now);
  record.Settled(start);
  record.Learn(outcome, at - start, fleet_, options_);
}

void Engine::Drop(Record& record, Duration start, bool answered) {
  if (!answered) record.Settled(start);
  record.Released();
  record.CountDropped();
}

std::vector<BackendSnapshot> Engine::Snapshot(TimePoint now) const {
  const Duration at = time_.Peek(now);
  std::vector<BackendSnapshot> snapshots;
  snapshots.reserve(set_.size());
  const std::size_t backends = std::max<std::size_t>(1, set_.size());
  for (const auto& record : set_) {
    snapshots.push_back(record->Snapshot(at, fleet_, backends, options_));
  }
  for (const Removed& removed : removed_) {
    if (removed.record->outstanding() == 0) continue;
    snapshots.push_back(
        removed.record->Snapshot(at, fleet_, backends, options_));
    snapshots.back().removed = true;
  }
  return snapshots;
}

}  // namespace els::internal
