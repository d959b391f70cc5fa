#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/explanation.h"
#include "src/base/mutex.h"
#include "src/engine/beat.h"
#include "src/engine/inbox.h"
#include "src/engine/pick_log.h"
#include "src/engine/picker.h"
#include "src/set/backend_set.h"
#include "src/set/record.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// All that a Balancer knows and decides. Balancer and Ticket say what each call
// means. Thread-safe. These are the parts:
//
//   Evidence     what one backend teaches, and     guarded by the spin lock of
//                its score                         its Record
//   Scoreboard   where the scores are kept         atomics
//   Inbox        what the fleet is to be told      atomics
//   Picker       the choice                        atomics
//   Beat         time, and what is known of all    its own spin lock, for which
//                backends together                 no pick waits
//   BackendSet   which backends there are          set_mutex_
//   PickLog      the explanations                  its own mutex
//
// A thread takes set_mutex_ before the beat's lock, and both before a record's.
class Engine {
 public:
  // REQUIRES: options.Validate().ok(), and `seed` is not 0. If `exact`, every
  // pick first takes all news and writes all words anew.
  Engine(const Options& options, std::uint64_t seed, bool exact = false);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Returns the backend picked, or why there is none. The ticket made of a
  // record must call Unrefer in the end.
  Picked Pick(TimePoint now, const Request& request);

  // The request of `work` sent at `start_ns` has its answer, or will get none.
  // If `over`, the request is over, too. `told` came with the answer.
  void Settle(Record& record, std::int64_t start_ns, Work work, Outcome outcome,
              TimePoint now, bool over, Told told);
  // The request is over, after its answer.
  void Released(Record& record, Work work, Told told);
  // The same, but the answer had begun well and was cut.
  void Cut(Record& record, Work work, TimePoint now, Told told);
  // The backend has asked for no requests for so long.
  void RetryAfter(Record& record, Duration wait, TimePoint now);
  // The request was given up before its answer came.
  void Drop(Record& record, std::int64_t start_ns, Work work);
  // A request was reported once too often.
  static void CountLateFinish(Record& record);

  // A ticket is gone. The last ticket deletes an engine that was closed.
  static void Unrefer(Engine* engine, Record& record) {
    if (record.Unrefer()) engine->OneLess(1);
  }

  // REQUIRES: options.Validate().ok().
  void SetOptions(const Options& options, TimePoint now);
  // REQUIRES: ValidateSet(backends).ok().
  void SetBackends(absl::Span<const Backend> backends, TimePoint now);
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  void Explain(std::size_t picks) { pick_log_.Keep(picks); }
  std::vector<PickExplanation> Explanations() const { return pick_log_.All(); }

  // Deletes the engine, at once or with the last ticket. After this, only calls
  // for tickets are allowed. REQUIRES: the engine was made by new.
  static void Close(Engine* engine);

 private:
  ~Engine() = default;
  // Picks without an explanation if there is no memory for one.
  Picked PickAndExplain(Choice choice, const Request& request, TimePoint now,
                        const Moment& moment);
  void OneLess(std::uint64_t references);

  mutable Mutex set_mutex_;
  Options options_ ABSL_GUARDED_BY(set_mutex_);
  BackendSet set_ ABSL_GUARDED_BY(set_mutex_);

  Scoreboard& board_;  // Part of set_.
  Picker picker_;
  Beat beat_;
  PickLog pick_log_;
  // Relaxed: a pick made during a change may go either way.
  std::atomic<Choice> choice_;

  // kOpen until the engine is closed; then the number of tickets that are not
  // gone.
  std::atomic<std::uint64_t> references_ = kOpen;
  static constexpr std::uint64_t kOpen = std::uint64_t{1} << 63;

  // Far from what every pick reads, as it is written often.
  Inbox inbox_;
};

}  // namespace els::internal
