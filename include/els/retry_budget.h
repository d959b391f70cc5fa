#pragma once

// Keeps retries from multiplying the load just when all backends are short of
// room. Retries are allowed as a fraction of the requests, with a floor.
//
//   els::RetryBudget budget;                       // one per service
//
//   budget.Request(Clock::now());                  // for each request
//   ... its first attempt fails ...
//   if (budget.TryRetry(Clock::now())) Send(request, another_backend);
//
// The budget is a token bucket. Each request adds `ratio` to the bucket, and
// each second adds `floor_per_second`. Each retry takes 1 out, and is refused
// if less is left. The bucket holds at most
//
//   cap = max(1, floor_per_second * window)
//
// so that the savings of a long calm are soon spent. The bucket never holds
// less than 0 or more than cap. So the retries in any span of time are bounded:
//
//   retries <= cap + ratio * requests + floor_per_second * seconds
//
// The bound is exact and holds for ever, as the bucket counts in integers. A
// new bucket holds floor_per_second * window, as if after a calm.
//
// The idea, and the default of 20 % and 10 a second, are those of Finagle's
// RetryBudget.

#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "els/options.h"

namespace els {

// A plain value, as Options is.
struct RetryBudgetOptions {
  // Retries that each request adds. A higher ratio serves more requests when
  // some backends fail, and adds up to this fraction of load when all fail. 0
  // to 1.
  double ratio = 0.2;

  // Retries that each second adds, so that a quiet service may retry at all.
  // Each access point may add as many. 0 to 1000, to the nearest thousandth.
  double floor_per_second = 10;

  // The floor may be saved up for this long. A longer window has room for the
  // retries of a backend that breaks with many requests outstanding. 1 ms to
  // 1 h.
  Duration window = std::chrono::seconds(10);

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

// Thread-safe. Share one budget among all who send to the same backends. Every
// call takes constant time, and no call but the constructor allocates.
//
// `now` is the reading of any steady clock, and may be any value. A step back
// is no step. A step ahead of more than an hour between two calls counts as an
// hour.
class RetryBudget {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit RetryBudget(const RetryBudgetOptions& options = {});
  ~RetryBudget();
  RetryBudget(const RetryBudget&) = delete;
  RetryBudget& operator=(const RetryBudget&) = delete;

  // Counts a request. Call it once for a request, whatever its attempts.
  void Request(TimePoint now) noexcept;

  // Returns whether a request may be tried once more. If so, one retry is
  // spent.
  [[nodiscard]] bool TryRetry(TimePoint now) noexcept;

 private:
  class Bucket;

  std::unique_ptr<Bucket> bucket_;  // Constant after construction.
};

}  // namespace els
