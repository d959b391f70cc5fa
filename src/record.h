#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "els/balancer.h"
#include "els/snapshot.h"
#include "src/decayed_mean.h"
#include "src/expected_latency.h"
#include "src/fleet.h"

namespace els::internal {

class Shared;

// All that is known of one backend: the only place that knows what each outcome
// teaches. Guarded by its balancer's lock, but for the id.
class Record {
 public:
  // Of a backend that is in no set.
  static constexpr std::size_t kNoSlot = ~std::size_t{0};

  // `shared` is what guards the record, and lives as long.
  Record(std::string id, std::shared_ptr<Shared> shared)
      : shared_(std::move(shared)), id_(std::move(id)) {}
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  Shared& shared() const { return *shared_; }

  // Where the backend is in the set.
  std::size_t slot() const { return slot_; }
  void set_slot(std::size_t slot) { slot_ = slot; }

  // The id never changes, so that it may be read without a lock.
  const std::string& id() const { return id_; }
  std::uint64_t tag() const { return tag_; }
  std::int64_t outstanding() const { return outstanding_; }

  void Describe(std::uint64_t tag, double distance) {
    tag_ = tag;
    distance_ = distance;
  }

  // A request is sent at `start`.
  void Picked(Duration start, Fleet& fleet);

  // A request sent at `start` is no longer waited for: it is answered, or over.
  void Settled(Duration start);

  // Learns how a request went that has taken `latency`.
  void Learn(Outcome outcome, Duration latency, Fleet& fleet,
             const Options& options);

  // A request is over.
  void Released() { --outstanding_; }

  void CountDropped() { ++counts_.dropped; }
  void CountLateFinish() { ++counts_.late_finishes; }

  // Whether what is outstanding has waited longer than is usual.
  bool Late(Duration now, const Fleet& fleet, const Options& options) const {
    return OverdueAt(now, LatencySeconds(fleet, options), options) > 1;
  }

  // Whether a backend not yet proven has as many requests as it may.
  bool AtFirstContactLimit(double limit) const;

  Terms At(Duration now, const Fleet& fleet, const Options& options) const;
  BackendSnapshot Snapshot(Duration now, const Fleet& fleet,
                           const Options& options) const;

 private:
  struct Counts {
    std::uint64_t picks = 0;
    std::uint64_t successes = 0;
    std::uint64_t failures = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t dropped = 0;
    std::uint64_t late_finishes = 0;
  };

  double LatencySeconds(const Fleet& fleet, const Options& options) const;
  double FailureLatencySeconds(const Fleet& fleet,
                               const Options& options) const;
  double FailureCostSeconds(const Fleet& fleet, const Options& options) const;
  double SuccessRate(const Fleet& fleet, const Options& options) const;
  double MeanAgeSeconds(Duration now) const;
  double OverdueAt(Duration now, double latency_s,
                   const Options& options) const;

  const std::shared_ptr<Shared> shared_;
  const std::string id_;
  std::size_t slot_ = kNoSlot;
  std::uint64_t tag_ = 0;
  double distance_ = 1;

  std::int64_t outstanding_ = 0;
  // Of those not yet answered: their number and the sum of their starts, in
  // wrapping nanoseconds, so that their mean age is one subtraction.
  std::int64_t waiting_ = 0;
  std::uint64_t start_sum_ns_ = 0;

  DecayedMean latency_;          // On the latency clock.
  DecayedMean failure_latency_;  // On the latency clock.
  DecayedMean success_;          // Of 1 and 0, on the success clock.
  DecayedMean picks_;            // On the turn clock.
  Counts counts_;
};

}  // namespace els::internal
