#include "els/retry_budget.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/range.h"
#include "src/base/steady_time.h"

namespace els {
namespace {

using internal::Check;
using internal::MutexLock;

// The bucket counts in parts of a retry. A part is so small that a floor of a
// thousandth per second adds a whole number of parts in each nanosecond, and so
// large that a full bucket and the floor of kLongestStep fit in 63 bits
// together.
constexpr std::int64_t kPartsPerRetry = 1'000'000'000'000;
constexpr double kPartsPerNanosecond = kPartsPerRetry / 1e9;

constexpr double kHighestFloor = 1000;
constexpr Duration kLongestWindow = std::chrono::hours(1);
static_assert(kHighestFloor * kPartsPerNanosecond *
                  static_cast<double>(kLongestWindow.count() +
                                      internal::SteadyTime::kLongestStep) <
              9.2e18);

}  // namespace

absl::Status RetryBudgetOptions::Validate() const {
  absl::Status status = Check("ratio", ratio, {0, 1});
  status.Update(
      Check("floor_per_second", floor_per_second, {0, kHighestFloor}));
  status.Update(
      Check("window", window, {std::chrono::milliseconds(1), kLongestWindow}));
  return status;
}

class RetryBudget::Bucket {
 public:
  explicit Bucket(const RetryBudgetOptions& options)
      : per_request_(std::llround(options.ratio * kPartsPerRetry)),
        per_nanosecond_(
            std::llround(options.floor_per_second * kPartsPerNanosecond)),
        cap_(
            std::max(kPartsPerRetry, per_nanosecond_ * options.window.count())),
        saved_(per_nanosecond_ * options.window.count()) {}

  void Request(TimePoint now) {
    MutexLock lock(mutex_);
    Fill(now);
    Add(per_request_);
  }

  bool TryRetry(TimePoint now) {
    MutexLock lock(mutex_);
    Fill(now);
    if (saved_ < kPartsPerRetry) return false;
    saved_ -= kPartsPerRetry;
    return true;
  }

 private:
  // Adds the floor of the time since the latest call.
  void Fill(TimePoint now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::int64_t time = time_.At(now);
    const std::int64_t passed = time - time_.now();
    if (passed <= 0) return;
    Add(per_nanosecond_ * passed);
    time_.Advance(time);
  }

  void Add(std::int64_t parts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    saved_ = std::min(cap_, saved_ + parts);
  }

  // In parts of a retry.
  const std::int64_t per_request_;
  const std::int64_t per_nanosecond_;
  const std::int64_t cap_;

  internal::Mutex mutex_;
  std::int64_t saved_ ABSL_GUARDED_BY(mutex_);  // In parts of a retry.
  internal::SteadyTime time_ ABSL_GUARDED_BY(mutex_);
};

RetryBudget::RetryBudget(const RetryBudgetOptions& options) {
  if (!options.Validate().ok()) std::abort();
  bucket_ = std::make_unique<Bucket>(options);
}

RetryBudget::~RetryBudget() = default;

void RetryBudget::Request(TimePoint now) noexcept { bucket_->Request(now); }

bool RetryBudget::TryRetry(TimePoint now) noexcept {
  return bucket_->TryRetry(now);
}

}  // namespace els
