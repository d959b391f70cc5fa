#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/random.h"
#include "src/fleet.h"
#include "src/record.h"
#include "src/steady_time.h"
#include "src/winner_tree.h"

namespace els::internal {

// All that a Balancer knows and decides; see Balancer and Ticket for what each
// call means. Not thread-safe.
//
// Every backend of the set has a slot, and in it a word: the bits of its
// expected latency E as a float, which order like the number itself; then 16
// random bits, so that ties fall at random; then the slot. The lowest word is
// the backend to pick.
//
// A word is right when it is written, and E moves on. It is written again
//  - when a request to the backend begins or ends;
//  - when it has come up as the lowest, before it is picked: E may have risen,
//    as it does while answers are overdue;
//  - in turn with all others, as often as the time and the fleet's means move
//  by
//    kStaleness: E may have fallen, as it does while a failure fades.
// So E is that of the moment within about 1 %.
class Engine {
 public:
  // REQUIRES: options.Validate().ok(). `seed` is not 0.
  Engine(const Options& options, std::uint64_t seed);

  // REQUIRES: options.Validate().ok().
  void SetOptions(const Options& options, TimePoint now);
  // REQUIRES: ValidateSet(backends).ok(). New records share `shared`.
  void SetBackends(absl::Span<const Backend> backends, TimePoint now,
                   const std::shared_ptr<Shared>& shared);
  // Forgets all backends; those with tickets live on in them.
  void Clear();
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  struct Picked {
    std::shared_ptr<Record> record;  // Null if the set is empty.
    std::uint64_t tag = 0;
    Duration start = {};
  };
  Picked Pick(TimePoint now, absl::Span<const std::string_view> avoid);

  // The request sent at `start` has its answer, or none to wait for.
  void Answered(Record& record, Duration start, Outcome outcome, TimePoint now);
  // It has its answer, or none to wait for, and is over.
  void Finish(Record& record, Duration start, Outcome outcome, TimePoint now);
  // It is over, after its answer.
  void Released(Record& record);
  // It was given up, before or after the answer.
  void Drop(Record& record, Duration start, bool answered);

 private:
  // A backend that has left the set, and may return.
  struct Removed {
    std::shared_ptr<Record> record;
    Duration since = {};
  };

  // All that makes scores move by themselves.
  struct Means {
    double age = 0;
    double latency_s = 0;
    double failure_cost_s = 0;
    double idle_share = 0;
  };

  void ReplaceSet(absl::Span<const Backend> backends, Duration now,
                  const std::shared_ptr<Shared>& shared);
  void Forget(Duration now);
  void BuildIndex();
  Means MeansNow() const;

  void Learn(Record& record, Duration start, Outcome outcome, TimePoint now);

  // The word of a slot as it should be now.
  std::uint64_t Word(std::size_t slot);
  void Write(std::size_t slot);
  void WriteIfInSet(const Record& record);
  void RefreshInTurn();
  std::size_t Lowest(WinnerTree& tree);
  std::size_t LowestOfAll();
  std::size_t LowestAvoiding(absl::Span<const std::string_view> avoid);
  std::size_t ChooseByChance(absl::Span<const std::string_view> avoid);
  std::size_t ChooseSlot(absl::Span<const std::string_view> avoid);
  void CollectCandidates(absl::Span<const std::string_view> avoid);

  Options options_;
  Random random_;
  Fleet fleet_;
  SteadyTime time_;
  Duration now_ = {};  // Of the call being made.

  // The set, in the caller's order: a backend's place is its slot.
  std::vector<std::shared_ptr<Record>> set_;
  absl::flat_hash_map<absl::string_view, std::size_t> slot_by_id_;
  // The first to leave comes first.
  std::vector<Removed> removed_;

  // Each slot has a word in one of these: in `limited_` if the backend is at
  // its first-contact limit.
  WinnerTree open_;
  WinnerTree limited_;

  // Room for those among which chance decides.
  std::vector<std::size_t> candidates_;

  // The round of refreshing words in turn: what it began with, and how many
  // slots it has been through.
  Means round_;
  std::size_t refreshed_ = 0;
};

}  // namespace els::internal
