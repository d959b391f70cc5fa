#include "src/engine/engine.h"

#include <new>
#include <optional>
#include <utility>

#include "els/random.h"
#include "src/engine/explain.h"
#include "src/score/news.h"
#include "src/set/backend_copy.h"

namespace els::internal {
namespace {

// Returns a number that is uniform in [1 - spread, 1 + spread].
double DrawStretch(double spread, std::uint64_t seed) {
  return 1 + spread * (2 * Random(seed).Uniform() - 1);
}

}  // namespace

Engine::Engine(const Options& options, std::uint64_t seed, bool exact)
    : options_(options),
      set_(seed),
      board_(set_.board()),
      picker_(board_, inbox_, seed),
      beat_(options, DrawStretch(options.success_memory_spread, seed), board_,
            inbox_, exact),
      choice_(options.choice) {}

void Engine::Close(Engine* engine) {
  std::uint64_t references = 0;
  {
    const MutexLock lock(engine->set_mutex_);
    references = engine->set_.CloseAndCountReferences();
  }
  engine->OneLess(kOpen - references);
}

void Engine::OneLess(std::uint64_t references) {
  // Acquire and release: what any thread did with the engine comes before the
  // engine is deleted.
  if (references_.fetch_sub(references, std::memory_order_acq_rel) ==
      references) {
    delete this;
  }
}

Picked Engine::Pick(TimePoint now, const Request& request) {
  if (board_.size() == 0) return {.failure = PickFailure::kEmptySet};
  const Moment moment = beat_.ForPick(now);
  const Choice choice = choice_.load(std::memory_order_relaxed);
  if (!pick_log_.on()) return picker_.Pick(choice, request, moment);
  return PickAndExplain(choice, request, now, moment);
}

// A pick that was counted must become a ticket. An exception would lose the
// request, and a reference to the record.
Picked Engine::PickAndExplain(Choice choice, const Request& request,
                              TimePoint now, const Moment& moment) {
  std::optional<PickExplainer> explainer;
  try {
    explainer.emplace(board_, moment);
  } catch (const std::bad_alloc&) {  // There is no explanation.
  }
  const Picked picked = picker_.Pick(choice, request, moment);
  if (picked.record == nullptr || !explainer.has_value()) return picked;
  try {
    pick_log_.Add(explainer->Explain(picked, choice, request, now));
  } catch (const std::bad_alloc&) {  // There is no explanation.
  }
  return picked;
}

void Engine::Settle(Record& record, std::int64_t start_ns, Work work,
                    Outcome outcome, TimePoint now, bool over, Told told) {
  record.Prefetch();
  const Moment moment = beat_.At(now);
  News news;
  {
    Scoreboard::Settling settling;
    const SpinLockHolder lock(record.lock);
    Evidence& evidence = record.evidence;
    const bool is_time = evidence.CatchUp(moment);
    evidence.outstanding().Settled(work, start_ns);
    evidence.Learn(outcome, moment.now_ns - start_ns, work, moment,
                   record.details().mishaps);
    evidence.LearnReport(told, moment);
    if (over) evidence.outstanding().Released(work);
    if (record.slot == Record::kNoSlot) return;
    if (is_time || evidence.HasMuchNews() || inbox_.Quiet()) {
      news = evidence.TakeNews();
    }
    board_.Put(record, moment, settling);
  }
  if (news.Any()) {
    inbox_.Tell(news);
    board_.index().tree.Repair();
  }
}

void Engine::Released(Record& record, Work work, Told told) {
  const Moment moment = beat_.Latest();
  Scoreboard::Settling settling;
  const SpinLockHolder lock(record.lock);
  record.evidence.CatchUp(moment);
  record.evidence.LearnReport(told, moment);
  record.evidence.outstanding().Released(work);
  if (record.slot != Record::kNoSlot) board_.Put(record, moment, settling);
}

void Engine::Cut(Record& record, Work work, TimePoint now, Told told) {
  const Moment moment = beat_.At(now);
  Scoreboard::Settling settling;
  const SpinLockHolder lock(record.lock);
  record.evidence.CatchUp(moment);
  record.evidence.LearnCut(moment, record.details().mishaps);
  record.evidence.LearnReport(told, moment);
  record.evidence.outstanding().Released(work);
  if (record.slot != Record::kNoSlot) board_.Put(record, moment, settling);
}

void Engine::RetryAfter(Record& record, Duration wait, TimePoint now) {
  const Moment moment = beat_.At(now);
  Scoreboard::Settling settling;
  const SpinLockHolder lock(record.lock);
  record.evidence.CatchUp(moment);
  record.evidence.AskedToWait(wait, moment);
  if (record.slot != Record::kNoSlot) board_.Put(record, moment, settling);
}

void Engine::Drop(Record& record, std::int64_t start_ns, Work work) {
  {
    const SpinLockHolder lock(record.lock);
    record.evidence.outstanding().Settled(work, start_ns);
    ++record.details().mishaps.dropped;
  }
  Released(record, work, {});
}

void Engine::CountLateFinish(Record& record) {
  const SpinLockHolder lock(record.lock);
  ++record.details().mishaps.late_finishes;
}

void Engine::SetOptions(const Options& options, TimePoint now) {
  const MutexLock lock(set_mutex_);
  options_ = options;
  choice_.store(options.choice, std::memory_order_relaxed);
  beat_.SetOptions(options);
  board_.Rewrite(beat_.Advance(now));
}

void Engine::SetBackends(absl::Span<const Backend> backends, TimePoint now) {
  const MutexLock lock(set_mutex_);
  set_.Change(backends, options_.removed_memory, beat_.longest_absence_ns(),
              beat_.Advance(now));
  beat_.SetChanged();
}

std::vector<BackendSnapshot> Engine::Snapshot(TimePoint now) const {
  const MutexLock lock(set_mutex_);
  const Moment moment = beat_.Fresh(
      now, [&](const Moment& then, auto gather) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        set_.ForEach(
            [&](Record& record) { gather(CopyOf(record, then).evidence); });
      });
  std::vector<BackendSnapshot> snapshots;
  snapshots.reserve(board_.size());
  set_.ForEach([&](Record& record) {
    snapshots.push_back(SnapshotOf(CopyOf(record, moment), moment));
  });
  set_.ForEachDeparted([&](Record& record) {
    BackendCopy copy = CopyOf(record, moment);
    if (copy.evidence.outstanding().count() == 0) return;
    snapshots.push_back(SnapshotOf(std::move(copy), moment));
    snapshots.back().removed = true;
  });
  return snapshots;
}

}  // namespace els::internal
