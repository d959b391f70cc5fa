#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/random.h"
#include "src/fleet.h"
#include "src/record.h"
#include "src/steady_time.h"

namespace els::internal {

// All that a Balancer knows and decides; see Balancer and Ticket for what each
// call means. Not thread-safe.
class Engine {
 public:
  // REQUIRES: options.Validate().ok(). `seed` is not 0.
  Engine(const Options& options, std::uint64_t seed);

  // REQUIRES: options.Validate().ok().
  void SetOptions(const Options& options, TimePoint now);
  // REQUIRES: ValidateSet(backends).ok().
  void SetBackends(absl::Span<const Backend> backends, TimePoint now);
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  struct Picked {
    std::shared_ptr<Record> record;  // Null if the set is empty.
    std::uint64_t tag = 0;
    Duration start = {};
  };
  Picked Pick(TimePoint now, absl::Span<const std::string_view> avoid);

  // The request sent at `start` has its answer, or none to wait for.
  void Answered(Record& record, Duration start, Outcome outcome, TimePoint now);
  // It was given up, before or after the answer.
  void Drop(Record& record, Duration start, bool answered);

 private:
  // A backend that has left the set, and may return.
  struct Removed {
    std::shared_ptr<Record> record;
    Duration since = {};
  };

  void ReplaceSet(absl::Span<const Backend> backends, Duration now);
  void Forget(Duration now);
  void CollectCandidates(Duration now,
                         absl::Span<const std::string_view> avoid);

  Options options_;
  Random random_;
  Fleet fleet_;
  SteadyTime time_;

  // The set, in the caller's order.
  std::vector<std::shared_ptr<Record>> set_;
  // The first to leave comes first.
  std::vector<Removed> removed_;
  // Those that a pick decides among; room for the whole set.
  std::vector<std::size_t> candidates_;
};

}  // namespace els::internal
