#pragma once

// Says when a second attempt of the same request pays: a hedge, which is sent
// while the first attempt is still unanswered. Whichever answers first wins.
//
//   els::HedgeTimer timer;                             // one per service
//
//   els::Hedge hedge = timer.Start(route, Clock::now());  // for each request
//   els::Ticket first = balancer.Pick(Clock::now());
//   ... the request is sent, and a timer set to hedge.delay() if there is one;
//   ... the timer fires before an answer:
//   if (hedge.TrySend()) {
//     const std::string_view avoid[] = {first.id()};
//     second = balancer.Pick(Clock::now(), avoid);
//     ... the request is sent again ...
//   }
//   ... one of the two answers:
//   first.Finish(els::Outcome::kCancelled, Clock::now());      // the loser
//   second.Finish(els::Outcome::kSuccess, Clock::now());       // the winner
//   hedge.Done(els::Outcome::kSuccess, Clock::now());
//
// Send no request a second time that may not be served twice. Give up the loser
// for its server, too (reset the stream, close the connection), or the server
// works for nobody.
//
// The delay is a quantile of the latencies of the requests with the same key:
// with 0.95, one request in 20 is still unanswered then, so hedges add 5 % to
// the load and meet the slowest 5 % (Dean and Barroso, "The tail at scale",
// CACM 56(2), 2013). A latency is measured from Start to Done, whichever
// attempt has answered. So hedges do not shorten what is learnt of the
// quantile: a request is unanswered at the delay or not, whatever is sent after
// it.
//
// Hedges help if slowness belongs to the attempt or to its server. They do harm
// where all is slow, as in an overload, or where the request itself is. So a
// token bucket bounds them: each request adds `ratio`, and each hedge takes 1.
//
//   hedges <= burst + ratio * requests
//
// The bound is exact and holds for ever, as the bucket counts in integers.
//
// Latencies are kept in histograms with buckets on a logarithmic scale, one for
// each key and one for all. A delay is the upper edge of a bucket: up to an
// eighth above the quantile, and not below it. Weights are halved in each
// half-life. A key is mixed with all requests as if it had 1 / (1 - quantile)
// latencies of theirs, so that a key of which little is known gets the delay of
// all.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "els/balancer.h"
#include "els/options.h"

namespace els {

// A plain value, as Options is. A range includes both its ends.
struct HedgeTimerOptions {
  // Which quantile of the latencies the delay is. A higher one sends fewer
  // hedges, and cuts the tail later; a lower one sends more. 0.5 to 0.999.
  double quantile = 0.95;

  // Hedges that each request adds to the budget. It should be above 1 -
  // quantile, or the budget is always short; what is above that is what an
  // overload may add to the load. 0 to 1.
  double ratio = 0.1;

  // Hedges that may be saved up, and that a new budget has. A larger burst has
  // room for the requests that a backend holds when it stops. 1 to 1000.
  double burst = 10;

  // How many keys are remembered, rounded up to 8 times a power of two. Each
  // takes 1 KiB for as long as the timer lives. Four times the number of
  // frequent keys leaves room for all of them; with fewer places, some get the
  // delay of all requests. 1 to 65,536.
  std::uint64_t keys = 256;

  // The weight of a latency is halved in this time, or in a million latencies.
  // It is not if fewer than 5 / (1 - quantile) would be left, so that a quiet
  // service does not forget what it knows. A longer half-life is steadier; a
  // shorter one follows a change sooner. 10 ms to 1 day.
  Duration half_life = std::chrono::minutes(1);

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

// What a HedgeTimer knows: plain data for a status page or a metric.
struct HedgeTimerSnapshot {
  std::optional<Duration> delay = {};      // Of the key that was asked for.
  std::optional<Duration> delay_all = {};  // Of a key that is not known.
  double latencies = 0;                    // The weight of the key's latencies.
  double latencies_all = 0;                // The weight of all latencies.
  double budget = 0;  // Hedges that may be sent at once. 0 to burst.

  // Since the start.
  std::uint64_t requests = 0;
  std::uint64_t hedges = 0;
  std::uint64_t refused = 0;  // Hedges, for want of budget.
};

namespace internal {
class HedgeState;
struct HedgeInC;
}  // namespace internal

// One request of a HedgeTimer, which it must not outlive. Not itself
// thread-safe; it may be used by another thread than the one that got it. To
// destroy it before it is done teaches nothing.
class [[nodiscard]] Hedge {
 public:
  // An empty hedge has no delay: moved from.
  Hedge() = default;
  Hedge(Hedge&& other) noexcept { *this = std::move(other); }
  Hedge& operator=(Hedge&& other) noexcept {
    if (this == &other) return *this;
    state_ = std::exchange(other.state_, nullptr);
    key_ = other.key_;
    since_ns_ = other.since_ns_;
    delay_ns_ = std::exchange(other.delay_ns_, 0);
    return *this;
  }
  ~Hedge() = default;

  // How long after Start the hedge is to be sent. Empty if too little is known
  // for that yet, or if the request has had its hedge or is done.
  std::optional<Duration> delay() const noexcept {
    if (delay_ns_ == 0) return std::nullopt;
    return std::chrono::duration_cast<Duration>(
        std::chrono::nanoseconds(delay_ns_));
  }

  // Returns whether the hedge may be sent, which spends it: the budget is 1
  // lower, and the request gets no second hedge. False if there is no delay, or
  // no budget; then a later call may succeed.
  [[nodiscard]] bool TrySend() noexcept;

  // The request, and not just one of its attempts, is answered or given up.
  // kSuccess and kTimeout teach the time since Start, if that is less than an
  // hour. Other outcomes teach nothing: a failure is often fast, and a
  // cancelled request would have taken longer. Of a stream, call it at the
  // first byte. A second call does nothing.
  void Done(Outcome outcome, TimePoint now) noexcept;

 private:
  friend class HedgeTimer;
  friend struct internal::HedgeInC;

  internal::HedgeState* state_ = nullptr;  // Null once it is done.
  std::uint64_t key_ = 0;
  std::int64_t since_ns_ = 0;
  std::int64_t delay_ns_ = 0;  // 0 if there is none.
};

// Thread-safe. Share one timer among all who send requests of the same service.
// No call but the constructor allocates. A call takes a time that grows with
// the length of the key and with nothing else, some tens of nanoseconds, with
// what Balancer says of spin locks in its limits of use.
//
// A key is any string: a route, a method. WorkEstimator says how keys are told
// apart and which are forgotten when there are too many; here a key is rare if
// it has few latencies, or none lately. Without keys, give the empty one.
//
// `now` is the reading of any steady clock, and may be any value. A step back
// is no step. A reading of an hour or more ahead is taken for the latest time,
// unless a second one agrees with it: then an hour has passed.
class HedgeTimer {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit HedgeTimer(const HedgeTimerOptions& options = {});
  // REQUIRES: no hedge is used after this.
  ~HedgeTimer();
  HedgeTimer(const HedgeTimer&) = delete;
  HedgeTimer& operator=(const HedgeTimer&) = delete;

  // Begins a request, and adds its part to the budget. Call it once for a
  // request, whatever its attempts, when the first is sent.
  Hedge Start(std::string_view key, TimePoint now) noexcept;

  HedgeTimerSnapshot Snapshot(std::string_view key = {}) const noexcept;

 private:
  friend struct internal::HedgeInC;

  std::unique_ptr<internal::HedgeState> state_;  // Constant after construction.
};

}  // namespace els
