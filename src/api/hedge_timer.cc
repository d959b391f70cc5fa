#include "els/hedge_timer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "src/api/latency_histogram.h"
#include "src/base/key_hash.h"
#include "src/base/range.h"
#include "src/base/spin_lock.h"
#include "src/base/steady_time.h"

namespace els {
namespace {

using internal::Check;
using internal::HashOf;
using internal::LatencyHistogram;
using internal::SpinLock;
using internal::SpinLockHolder;

// A delay has so many latencies above it before it is used. Their number is
// then off by the root of 5, or 45 %: enough, as the budget bounds hedges, too.
constexpr double kFewestAbove = 5;

// A delay is found anew after so many latencies, and after the first few.
constexpr std::uint32_t kRefresh = 16;

// The latest time moves on in steps of this part of the half-life.
constexpr std::int64_t kStepsPerHalfLife = 256;

std::optional<Duration> ToDuration(std::int64_t ns) {
  if (ns == 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(ns));
}

// What is derived from the quantile. A value.
struct Rule {
  explicit Rule(double quantile)
      : above(1 - quantile), others(1 / above), fewest(kFewestAbove / above) {}

  double above;   // The part of the latencies above a delay.
  double others;  // The weight that all requests have beside a key's own.
  double fewest;  // The weight of all latencies that is enough for a delay.
};

// Latencies, and the delay that follows from them.
class Delay {
 public:
  void Learn(std::int64_t latency_ns, std::int64_t period, const Rule& rule) {
    latencies_.FadeTo(period, rule.fewest);
    latencies_.Add(latency_ns);
    ++learnt_;
  }

  bool Due() const {
    return learnt_ % kRefresh == 0 || std::has_single_bit(learnt_);
  }

  // `all` are the latencies of all requests, and may be these.
  void Refresh(const LatencyHistogram& all, double others, const Rule& rule) {
    ns_ = 0;
    if (all.weight() < rule.fewest) return;
    ns_ = latencies_.EdgeBelow(rule.above, all, others).value_or(0);
  }

  const LatencyHistogram& latencies() const { return latencies_; }
  std::int64_t ns() const { return ns_; }  // 0 if there is none.

 private:
  LatencyHistogram latencies_;
  std::int64_t ns_ = 0;
  std::uint32_t learnt_ = 0;
};

// Of all requests, those with forgotten keys included. Thread-safe.
class alignas(64) Overall {
 public:
  void Learn(std::int64_t latency_ns, std::int64_t period, const Rule& rule) {
    const SpinLockHolder lock(lock_);
    delay_.Learn(latency_ns, period, rule);
    if (!delay_.Due()) return;
    delay_.Refresh(delay_.latencies(), 0, rule);
    ns_.store(delay_.ns(), std::memory_order_relaxed);
  }

  void Refresh(Delay& delay, const Rule& rule) const {
    const SpinLockHolder lock(lock_);
    delay.Refresh(delay_.latencies(), rule.others, rule);
  }

  double Weight() const {
    const SpinLockHolder lock(lock_);
    return delay_.latencies().weight();
  }

  std::int64_t ns() const { return ns_.load(std::memory_order_relaxed); }

 private:
  mutable SpinLock lock_;
  Delay delay_ ABSL_GUARDED_BY(lock_);
  // Relaxed: a number by itself, and one from a moment ago does as well.
  std::atomic<std::int64_t> ns_ = 0;
};

// The places for the keys of some hashes. Thread-safe.
class alignas(64) Group {
 public:
  static constexpr std::size_t kPlaces = 8;

  struct Known {
    std::int64_t delay_ns = 0;  // 0 if there is none.
    double weight = 0;
  };

  Known Of(std::uint64_t key) const {
    const SpinLockHolder lock(lock_);
    for (std::size_t i = 0; i < kPlaces; ++i) {
      if (keys_[i] != key) continue;
      return {delays_[i].ns(), delays_[i].latencies().weight()};
    }
    return {};
  }

  void Learn(std::uint64_t key, std::int64_t latency_ns, std::int64_t period,
             const Rule& rule, const Overall& overall) {
    const SpinLockHolder lock(lock_);
    Delay& delay = delays_[PlaceOf(key, period)];
    delay.Learn(latency_ns, period, rule);
    if (delay.Due()) overall.Refresh(delay, rule);
  }

 private:
  std::size_t PlaceOf(std::uint64_t key, std::int64_t period)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    for (std::size_t i = 0; i < kPlaces; ++i) {
      if (keys_[i] == key) return i;
    }
    // Of places that are equally rare, the one that was taken first: a key that
    // comes again soon has some time to do so.
    std::size_t rarest = hand_;
    for (std::size_t i = 1; i < kPlaces; ++i) {
      const std::size_t next = (hand_ + i) % kPlaces;
      if (WeightOf(next, period) < WeightOf(rarest, period)) rarest = next;
    }
    hand_ = (rarest + 1) % kPlaces;
    keys_[rarest] = key;
    delays_[rarest] = {};
    return rarest;
  }

  double WeightOf(std::size_t place, std::int64_t period) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    return delays_[place].latencies().WeightAt(period);
  }

  // An empty place has the key 0, and latencies of weight 0: it may be found,
  // and is the first to be taken.
  std::array<std::uint64_t, kPlaces> keys_ ABSL_GUARDED_BY(lock_) = {};
  std::size_t hand_ ABSL_GUARDED_BY(lock_) = 0;  // After the place taken last.
  mutable SpinLock lock_;
  std::array<Delay, kPlaces> delays_ ABSL_GUARDED_BY(lock_);
};

// 1 KiB per key, as HedgeTimerOptions::keys says.
static_assert(sizeof(Group) <= 1024 * Group::kPlaces);

// What hedges may be sent. Thread-safe.
class alignas(64) Budget {
 public:
  explicit Budget(const HedgeTimerOptions& options)
      : per_request_(std::llround(options.ratio * kPartsPerHedge)),
        cap_(std::llround(options.burst * kPartsPerHedge)),
        saved_(cap_) {}

  void Request() {
    const SpinLockHolder lock(lock_);
    ++requests_;
    saved_ = std::min(cap_, saved_ + per_request_);
  }

  bool TryHedge() {
    const SpinLockHolder lock(lock_);
    if (saved_ < kPartsPerHedge) {
      ++refused_;
      return false;
    }
    saved_ -= kPartsPerHedge;
    ++hedges_;
    return true;
  }

  void Describe(HedgeTimerSnapshot& snapshot) const {
    const SpinLockHolder lock(lock_);
    snapshot.budget = static_cast<double>(saved_) / kPartsPerHedge;
    snapshot.requests = requests_;
    snapshot.hedges = hedges_;
    snapshot.refused = refused_;
  }

 private:
  // The burst has a thousand hedges at most, which fit many times.
  static constexpr std::int64_t kPartsPerHedge = 1'000'000'000;

  const std::int64_t per_request_;  // In parts of a hedge.
  const std::int64_t cap_;

  mutable SpinLock lock_;
  std::int64_t saved_ ABSL_GUARDED_BY(lock_);
  std::uint64_t requests_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint64_t hedges_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint64_t refused_ ABSL_GUARDED_BY(lock_) = 0;
};

}  // namespace

namespace internal {

class HedgeState {
 public:
  explicit HedgeState(const HedgeTimerOptions& options)
      : budget_(options),
        groups_(std::bit_ceil((options.keys - 1) / Group::kPlaces + 1)),
        half_life_ns_(std::chrono::duration_cast<std::chrono::nanoseconds>(
                          options.half_life)
                          .count()),
        rule_(options.quantile) {}

  // Returns the delay, 0 if there is none.
  std::int64_t Start(std::uint64_t key) {
    budget_.Request();
    return DelayOf(groups_[GroupOf(key)].Of(key));
  }

  bool TryHedge() { return budget_.TryHedge(); }

  void Learn(std::uint64_t key, std::int64_t since_ns, TimePoint now) {
    const std::int64_t latency = TimeAt(now) - since_ns;
    // A doubt about the time was settled meanwhile.
    if (latency >= SteadyTime::kLongestStep) return;
    const std::int64_t period = time_.now() / half_life_ns_;
    overall_.Learn(latency, period, rule_);
    groups_[GroupOf(key)].Learn(key, latency, period, rule_, overall_);
  }

  // Moves the latest time on. A reading in doubt counts as the latest time.
  std::int64_t TimeAt(TimePoint reading) {
    const std::int64_t time = time_.At(reading);
    const std::int64_t ahead = time - time_.now();
    if (ahead >= SteadyTime::kLongestStep) return time_.now();
    if (ahead > half_life_ns_ / kStepsPerHalfLife) {
      const SpinLockHolder lock(advance_);
      // Another thread may have moved it on further.
      if (time > time_.now()) time_.Advance(time);
    }
    return time;
  }

  HedgeTimerSnapshot Snapshot(std::uint64_t key) const {
    const Group::Known known = groups_[GroupOf(key)].Of(key);
    HedgeTimerSnapshot snapshot = {.delay = ToDuration(DelayOf(known)),
                                   .delay_all = ToDuration(overall_.ns()),
                                   .latencies = known.weight,
                                   .latencies_all = overall_.Weight()};
    budget_.Describe(snapshot);
    return snapshot;
  }

 private:
  std::int64_t DelayOf(const Group::Known& known) const {
    return known.delay_ns != 0 ? known.delay_ns : overall_.ns();
  }

  std::size_t GroupOf(std::uint64_t key) const {
    return key & (groups_.size() - 1);
  }

  Budget budget_;
  Overall overall_;
  std::vector<Group> groups_;  // A power of two.
  const std::int64_t half_life_ns_;
  const Rule rule_;
  SteadyTime time_;
  SpinLock advance_;  // Held for SteadyTime::Advance.
};

}  // namespace internal

absl::Status HedgeTimerOptions::Validate() const {
  absl::Status status = Check("quantile", quantile, {0.5, 0.999});
  status.Update(Check("ratio", ratio, {0, 1}));
  status.Update(Check("burst", burst, {1, 1000}));
  status.Update(Check("keys", keys, {1, 65'536}));
  status.Update(Check("half_life", half_life,
                      {std::chrono::milliseconds(10), std::chrono::hours(24)}));
  return status;
}

bool Hedge::TrySend() noexcept {
  if (delay_ns_ == 0 || !state_->TryHedge()) return false;
  delay_ns_ = 0;
  return true;
}

void Hedge::Done(Outcome outcome, TimePoint now) noexcept {
  delay_ns_ = 0;
  internal::HedgeState* const state = std::exchange(state_, nullptr);
  if (state == nullptr) return;
  if (outcome != Outcome::kSuccess && outcome != Outcome::kTimeout) return;
  state->Learn(key_, since_ns_, now);
}

HedgeTimer::HedgeTimer(const HedgeTimerOptions& options) {
  if (!options.Validate().ok()) std::abort();
  state_ = std::make_unique<internal::HedgeState>(options);
}

HedgeTimer::~HedgeTimer() = default;

Hedge HedgeTimer::Start(std::string_view key, TimePoint now) noexcept {
  Hedge hedge;
  hedge.state_ = state_.get();
  hedge.key_ = HashOf(key);
  hedge.since_ns_ = state_->TimeAt(now);
  hedge.delay_ns_ = state_->Start(hedge.key_);
  return hedge;
}

HedgeTimerSnapshot HedgeTimer::Snapshot(std::string_view key) const noexcept {
  return state_->Snapshot(HashOf(key));
}

}  // namespace els
