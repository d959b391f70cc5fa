#pragma once

// Keeps retries from multiplying the load just when all backends are short of
// room: they are allowed as a fraction of the requests, with a floor.
//
//   els::RetryBudget budget;                       // one per service
//
//   budget.Request(Clock::now());                  // for each request
//   ... its first attempt fails ...
//   if (budget.TryRetry(Clock::now())) Send(request, another_backend);
//
// A token bucket. Each request puts in `ratio`, each second `floor_per_second`;
// each retry takes out 1, and is refused where less is left. The bucket holds
//
//   cap = max(1, floor_per_second * window)
//
// so that what a long calm has saved is soon spent. As it never holds less than
// 0 or more than cap, what it gives within any span of time is bounded:
//
//   retries <= cap + ratio * requests + floor_per_second * seconds
//
// The bound is exact, and holds for ever: the bucket counts in integers. A new
// one holds floor_per_second * window, as if after a calm.
//
// The idea is that of Finagle's RetryBudget; its default of 20 % and 10 a
// second is the one here.

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "els/options.h"

namespace els {

// A plain value, as Options is.
struct RetryBudgetOptions {
  // Retries that each request brings. 0 to 1. More serves more requests when
  // some backends fail, and adds up to this share of load when all do.
  double ratio = 0.2;

  // Retries that each second brings, so that a quiet user may retry at all.
  // 0 to 1000, to the nearest thousandth. With many access points it is what
  // each of them may add.
  double floor_per_second = 10;

  // The floor may be saved up for this long. 1 ms to 1 h. Longer lets through
  // the failures of a backend that breaks with many requests outstanding.
  Duration window = std::chrono::seconds(10);

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

// Thread-safe: share one among all that send to the same backends. Every call
// takes constant time and allocates nothing.
//
// `now` is any steady clock's reading. Steps back are taken as no step, and a
// step ahead of more than an hour between two calls as one hour.
class RetryBudget {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit RetryBudget(const RetryBudgetOptions& options = {});
  ~RetryBudget();
  RetryBudget(const RetryBudget&) = delete;
  RetryBudget& operator=(const RetryBudget&) = delete;

  // Takes note of a request, once for all its attempts.
  void Request(TimePoint now) noexcept;

  // Whether a request may be tried once more; true has spent one retry.
  [[nodiscard]] bool TryRetry(TimePoint now) noexcept;

 private:
  class Bucket;

  std::unique_ptr<Bucket> bucket_;  // Constant after construction.
};

}  // namespace els
