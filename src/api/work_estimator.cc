#include "els/work_estimator.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "els/portable_math.h"
#include "src/base/key_hash.h"
#include "src/base/range.h"
#include "src/base/spin_lock.h"
#include "src/base/steady_time.h"

namespace els {
namespace {

using internal::Check;
using internal::HashOf;
using internal::SpinLock;
using internal::SpinLockHolder;

constexpr std::uint64_t kMostKeys = std::uint64_t{1} << 20;

// The range of Request::work.
constexpr double kLowestWork = 1.0 / 4096;
constexpr double kHighestWork = 1e6;

// A sum of costs stays finite for as many requests as there can be.
constexpr double kHighestCost = 1e100;

// The latest time moves on in steps of this part of the memory, so the ratio of
// two weights is off by this part at most. With shorter steps the places would
// only be faded more often.
constexpr std::int64_t kStepsPerMemory = 4096;

// Costs with their weights.
struct Costs {
  void Fade(double left) {
    weight *= left;
    sum *= left;
  }
  void Add(double cost) {
    weight += 1;
    sum += cost;
  }
  double Mean() const { return sum / weight; }

  double weight = 0;
  double sum = 0;
};

// What Learn has to know of all keys to count a cost of one.
struct Moment {
  // Returns the part that is left of a weight of the time `then_ns`.
  double Left(std::int64_t then_ns) const {
    if (now_ns <= then_ns) return 1;
    return Exp(static_cast<double>(then_ns - now_ns) * memories_per_ns);
  }

  // Returns how much of a cost counts: no more than doubles the shrunk mean,
  // which is sum / weight before and (sum + cost) / (weight + 1) after. What
  // this gains is in tests/core/work_estimator_robustness_test.cc. A bound by a
  // fixed multiple of the mean would bias the mean of a heavy tail for ever,
  // and let the mean fall to 0 where most costs of a key are 0.
  double Counted(double cost, const Costs& costs) const {
    if (!(mean > 0)) return cost;
    const double weight = costs.weight + prior_weight;
    const double sum = costs.sum + prior_weight * mean;
    return std::min(cost, sum + 2 * sum / weight);
  }

  std::int64_t now_ns;
  double mean;  // The overall mean, 0 if it is not known.
  double memories_per_ns;
  double prior_weight;
};

// The places for the keys of some hashes. Thread-safe.
class alignas(64) Group {
 public:
  static constexpr std::size_t kPlaces = 8;

  // Returns what is known of a key.
  Costs Of(std::uint64_t key, const Moment& moment) const {
    const SpinLockHolder lock(lock_);
    for (const Place& place : places_) {
      if (place.key != key) continue;
      Costs costs = place.costs;
      costs.Fade(moment.Left(faded_at_ns_));
      return costs;
    }
    return {};
  }

  // Returns how much of the cost was counted.
  double Learn(std::uint64_t key, double cost, const Moment& moment) {
    const SpinLockHolder lock(lock_);
    Fade(moment);
    Place& place = PlaceOf(key);
    const double counted = moment.Counted(cost, place.costs);
    place.costs.Add(counted);
    return counted;
  }

 private:
  // An empty place has the key 0, and costs of weight 0: it may be found, and
  // is the first to be taken.
  struct Place {
    std::uint64_t key = 0;
    Costs costs;
  };

  void Fade(const Moment& moment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    if (moment.now_ns <= faded_at_ns_) return;
    const double left = moment.Left(faded_at_ns_);
    for (Place& place : places_) place.costs.Fade(left);
    faded_at_ns_ = moment.now_ns;
  }

  Place& PlaceOf(std::uint64_t key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    for (Place& place : places_) {
      if (place.key == key) return place;
    }
    // Of places that are equally rare, the one that was taken first: a key that
    // comes again soon has some time to do so.
    std::size_t rarest = hand_;
    for (std::size_t i = 1; i < kPlaces; ++i) {
      const std::size_t next = (hand_ + i) % kPlaces;
      if (places_[next].costs.weight < places_[rarest].costs.weight) {
        rarest = next;
      }
    }
    hand_ = static_cast<std::uint8_t>((rarest + 1) % kPlaces);
    places_[rarest] = {key, {}};
    return places_[rarest];
  }

  std::array<Place, kPlaces> places_ ABSL_GUARDED_BY(lock_);
  std::int64_t faded_at_ns_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint8_t hand_ ABSL_GUARDED_BY(lock_) = 0;  // After the place taken last.
  mutable SpinLock lock_;
};

// 32 bytes per key, as WorkEstimatorOptions::keys says.
static_assert(sizeof(Group) == 32 * Group::kPlaces);

// The costs of all keys, those that are forgotten included. Thread-safe.
class alignas(64) Overall {
 public:
  void Learn(double cost, const Moment& moment) {
    const SpinLockHolder lock(lock_);
    if (moment.now_ns > faded_at_ns_) {
      costs_.Fade(moment.Left(faded_at_ns_));
      faded_at_ns_ = moment.now_ns;
    }
    costs_.Add(cost);
    mean_.store(costs_.Mean(), std::memory_order_relaxed);
  }

  // Returns 0 if no cost above 0 was learnt. Time does not change a mean.
  double mean() const { return mean_.load(std::memory_order_relaxed); }

 private:
  SpinLock lock_;
  Costs costs_ ABSL_GUARDED_BY(lock_);
  std::int64_t faded_at_ns_ ABSL_GUARDED_BY(lock_) = 0;
  // Relaxed: a number by itself, and one from a moment ago does as well.
  std::atomic<double> mean_ = 0;
};

}  // namespace

absl::Status WorkEstimatorOptions::Validate() const {
  absl::Status status = Check("keys", keys, {1, kMostKeys});
  status.Update(Check("memory", memory,
                      {std::chrono::milliseconds(1), std::chrono::hours(24)}));
  status.Update(Check("prior_weight", prior_weight, {0.01, 100}));
  return status;
}

class WorkEstimator::Table {
 public:
  explicit Table(const WorkEstimatorOptions& options)
      : step_ns_(options.memory.count() / kStepsPerMemory),
        memories_per_ns_(1 / static_cast<double>(options.memory.count())),
        prior_weight_(options.prior_weight),
        groups_(std::bit_ceil((options.keys - 1) / Group::kPlaces + 1)) {}

  void Learn(std::uint64_t key, double cost, TimePoint now) {
    const Moment moment = MomentAt(NowNs(now));
    overall_.Learn(groups_[GroupOf(key)].Learn(key, cost, moment), moment);
  }

  double Work(std::uint64_t key) const {
    const Moment moment = MomentAt(time_.now());
    if (!(moment.mean > 0)) return 1;
    const Costs costs = groups_[GroupOf(key)].Of(key, moment);
    const double work = (costs.sum / moment.mean + prior_weight_) /
                        (costs.weight + prior_weight_);
    return std::clamp(work, kLowestWork, kHighestWork);
  }

 private:
  Moment MomentAt(std::int64_t now_ns) const {
    return {now_ns, overall_.mean(), memories_per_ns_, prior_weight_};
  }

  std::size_t GroupOf(std::uint64_t key) const {
    return key & (groups_.size() - 1);
  }

  // Returns the latest time, after moving it on if the reading is a step ahead.
  std::int64_t NowNs(TimePoint reading) {
    const std::int64_t time = time_.At(reading);
    if (time - time_.now() >= step_ns_) {
      const SpinLockHolder lock(advance_);
      // Another thread may have moved it on further.
      if (time > time_.now()) time_.Advance(time);
    }
    return time_.now();
  }

  const std::int64_t step_ns_;
  const double memories_per_ns_;
  const double prior_weight_;

  std::vector<Group> groups_;  // A power of two.
  Overall overall_;
  internal::SteadyTime time_;
  SpinLock advance_;  // Held for SteadyTime::Advance.
};

WorkEstimator::WorkEstimator(const WorkEstimatorOptions& options) {
  if (!options.Validate().ok()) std::abort();
  table_ = std::make_unique<Table>(options);
}

WorkEstimator::~WorkEstimator() = default;

void WorkEstimator::Learn(std::string_view key, double cost,
                          TimePoint now) noexcept {
  // NaN is not at least 0 either.
  if (!(cost >= 0 && cost <= std::numeric_limits<double>::max())) return;
  table_->Learn(HashOf(key), std::min(cost, kHighestCost), now);
}

double WorkEstimator::Work(std::string_view key) const noexcept {
  return table_->Work(HashOf(key));
}

}  // namespace els
