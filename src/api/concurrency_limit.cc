#include "els/concurrency_limit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>

#include "absl/base/thread_annotations.h"
#include "els/portable_math.h"
#include "src/api/limit_rule.h"
#include "src/base/range.h"
#include "src/base/spin_lock.h"
#include "src/base/steady_time.h"

namespace els {
namespace {

using internal::Check;

constexpr internal::Range<double> kLimits = {1, 1e6};

// The standard error of the mean of 50 logarithms is 0.18 if latencies are
// exponential: far from what a tolerance of 2 takes for a queue.
constexpr std::uint64_t kFewestAnswers = 50;

// A window lasts so many times its latency. In a shorter one, most answers
// would be to requests that were sent before it began, and at the start the
// slow answers would be missing.
constexpr double kLatenciesPerWindow = 4;

// A shorter latency counts as so long: a coarse clock says 0 of it, which has
// no logarithm.
constexpr std::int64_t kShortestNs = 1000;

Duration ToDuration(double ns) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::nanoseconds(std::llround(ns)));
}

std::optional<Duration> ToDuration(std::optional<double> ns) {
  if (!ns.has_value()) return std::nullopt;
  return ToDuration(*ns);
}

}  // namespace

namespace internal {

class alignas(64) LimitState {
 public:
  explicit LimitState(const ConcurrencyLimitOptions& options)
      : window_ns_(
            std::chrono::duration_cast<std::chrono::nanoseconds>(options.window)
                .count()),
        rule_(options) {
    SetPlaces();
  }

  // Returns when the request was admitted.
  std::optional<std::int64_t> TryAdmit(TimePoint now, Priority priority) {
    const auto index = static_cast<std::size_t>(priority);
    const SpinLockHolder lock(lock_);
    if (in_flight_ >= places_[index]) {
      ++refused_[index];
      window_.refused = true;
      return std::nullopt;
    }
    ++in_flight_;
    ++admitted_;
    window_.most_in_flight = std::max(window_.most_in_flight, in_flight_);
    return NowNs(now);
  }

  void Done(std::int64_t since, Outcome outcome, TimePoint now) {
    const SpinLockHolder lock(lock_);
    --in_flight_;
    if (outcome != Outcome::kSuccess && outcome != Outcome::kTimeout) return;
    const std::int64_t time = NowNs(now);
    const std::int64_t latency = std::max(time - since, kShortestNs);
    ++window_.answers;
    window_.log_sum += Log(static_cast<double>(latency));
    if (window_.answers >= kFewestAnswers) EndWindow(time);
  }

  void Drop() {
    const SpinLockHolder lock(lock_);
    --in_flight_;
  }

  ConcurrencyLimitSnapshot Snapshot() const {
    const SpinLockHolder lock(lock_);
    return {.limit = rule_.limit(),
            .in_flight = in_flight_,
            .reason = rule_.reason(),
            .baseline = ToDuration(rule_.baseline()),
            .latency = ToDuration(rule_.latency()),
            .admitted = admitted_,
            .refused = refused_};
  }

 private:
  // A reading in doubt counts as the latest time.
  std::int64_t NowNs(TimePoint now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    const std::int64_t time = time_.At(now);
    if (time > time_.now()) time_.Advance(time);
    return time_.now();
  }

  void EndWindow(std::int64_t time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    const std::int64_t length = time - window_start_;
    if (length < window_ns_) return;
    const double latencies = kLatenciesPerWindow * window_.Latency();
    if (static_cast<double>(length) < latencies) return;
    rule_.Learn(window_);
    SetPlaces();
    window_ = {.most_in_flight = in_flight_};
    window_start_ = time;
  }

  void SetPlaces() ABSL_EXCLUSIVE_LOCKS_REQUIRED(lock_) {
    // As Priority says.
    constexpr std::array<double, kPriorities> kParts = {0.5, 1, 1.5};
    for (std::size_t i = 0; i < kPriorities; ++i) {
      const double places = std::max(kParts[i] * rule_.limit(), 1.0);
      places_[i] = static_cast<std::uint32_t>(places);
    }
  }

  const std::int64_t window_ns_;

  mutable SpinLock lock_;
  LimitRule rule_ ABSL_GUARDED_BY(lock_);
  std::array<std::uint32_t, kPriorities> places_ ABSL_GUARDED_BY(lock_) = {};
  std::uint32_t in_flight_ ABSL_GUARDED_BY(lock_) = 0;
  LimitWindow window_ ABSL_GUARDED_BY(lock_);
  std::int64_t window_start_ ABSL_GUARDED_BY(lock_) = 0;
  std::uint64_t admitted_ ABSL_GUARDED_BY(lock_) = 0;
  std::array<std::uint64_t, kPriorities> refused_ ABSL_GUARDED_BY(lock_) = {};
  SteadyTime time_ ABSL_GUARDED_BY(lock_);
};

}  // namespace internal

absl::Status ConcurrencyLimitOptions::Validate() const {
  absl::Status status = Check("initial_limit", initial_limit, kLimits);
  status.Update(Check("highest_limit", highest_limit, kLimits));
  status.Update(Check("tolerance", tolerance, {1, 10}));
  status.Update(
      Check("window", window,
            {std::chrono::milliseconds(10), std::chrono::minutes(1)}));
  status.Update(Check("baseline_windows", baseline_windows, {1, 100'000}));
  return status;
}

void Admission::Done(Outcome outcome, TimePoint now) noexcept {
  if (state_ == nullptr) return;
  std::exchange(state_, nullptr)->Done(since_, outcome, now);
}

void Admission::Drop() noexcept {
  if (state_ != nullptr) std::exchange(state_, nullptr)->Drop();
}

ConcurrencyLimit::ConcurrencyLimit(const ConcurrencyLimitOptions& options) {
  if (!options.Validate().ok()) std::abort();
  state_ = std::make_unique<internal::LimitState>(options);
}

ConcurrencyLimit::~ConcurrencyLimit() = default;

Admission ConcurrencyLimit::TryAdmit(TimePoint now,
                                     Priority priority) noexcept {
  const std::optional<std::int64_t> since = state_->TryAdmit(now, priority);
  if (!since.has_value()) return {};
  return {state_.get(), *since};
}

ConcurrencyLimitSnapshot ConcurrencyLimit::Snapshot() const noexcept {
  return state_->Snapshot();
}

}  // namespace els
