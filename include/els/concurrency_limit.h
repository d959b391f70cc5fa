#pragma once

// Bounds how many requests of one service are outstanding at once, so that a
// service with more requests than it can serve answers as many as it can in
// good time, instead of answering all of them too late.
//
//   els::ConcurrencyLimit limit;                    // one per service
//
//   els::Admission admission = limit.TryAdmit(Clock::now());
//   if (!admission) return Refuse(request);         // 503, or queue it here
//   ... the request is sent, and answered ...
//   admission.Done(els::Outcome::kSuccess, Clock::now());
//
// The limit follows latency. Requests that queue at the servers raise latency
// and add nothing to what the servers can do. So, with the baseline b, which is
// the latency while there is room, and the latency r of a window of time,
// the limit L becomes, at the end of each window,
//
//   L <- L * min(tolerance * b / r, 1.25) + 1.5 * sqrt(L)
//
// but no less than half of what it was, and no less than 1. A limit that was
// twice the most in flight and refused nothing was not needed, and stays. By
// Little's law the product is the throughput times the latency that is
// tolerated. The root lets a limit grow from little, and draws the limits of
// several access points to the same size, as each adds as much as the others.
// (The form is that of the gradient limits of Netflix's concurrency-limits and
// of Envoy's adaptive concurrency; the idea that a queue is L * (1 - b / r) is
// that of TCP Vegas: Brakmo and Peterson, IEEE JSAC 13(8), 1995.)
//
// The baseline is a mean over windows in which the limit was not needed. In
// other windows latency may lower the
// baseline. It may raise it as far as latency is above what is tolerated, and
// only slowly: a baseline that follows an overload lets the limit drift
// upwards, and one that does not refuses for ever what a service could do that
// has become slower.
//
// A latency here is a geometric mean, of at least a microsecond each, so that
// neither a few slow backends nor a few large requests look like a queue, in
// which every request waits.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "els/balancer.h"
#include "els/options.h"

namespace els {

// How much it matters that a request is served. Each is refused at a limit of
// its own, and never while nothing is outstanding.
enum class Priority : std::uint8_t {
  kSheddable,  // At half the limit: batches, prefetches.
  kNormal,     // At the limit.
  kCritical,   // At one and a half times the limit: health checks, payments.
};
inline constexpr std::size_t kPriorities = 3;

// A plain value, as Options is. A range includes both its ends.
struct ConcurrencyLimitOptions {
  // The limit before anything was learnt. A higher one refuses nothing that
  // comes at the start; a lower one protects a service that is overloaded at
  // the start, whose latency then becomes the baseline. 1 to 1,000,000.
  double initial_limit = 20;

  // The limit never grows above this. 1 to 1,000,000.
  double highest_limit = 1e6;

  // How many times the baseline a latency may be before the limit falls. A
  // higher tolerance keeps servers busier whose requests vary, and forgives a
  // service that becomes slower; a lower one keeps queues shorter. 1 to 10.
  double tolerance = 2;

  // -- Only the tuner should touch these.

  // The limit changes at the end of each window. A window lasts at least this
  // long, four times its latency, and 50 answers. A shorter window
  // follows a change sooner; a longer one is steadier. 10 ms to 1 min.
  Duration window = std::chrono::milliseconds(500);

  // Over about so many windows does the baseline follow a higher latency. Fewer
  // windows find out sooner that a service has become slower by more than is
  // tolerated; more windows keep the limit longer from drifting upwards in an
  // overload. With 1000, the limit of a service that is four times as slow
  // takes some five minutes to double, and the latency of one that is
  // overloaded without a break grows by half in ten. 1 to 100,000.
  double baseline_windows = 1000;

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

// Why a limit is what it is: what last changed it.
enum class LimitReason : std::uint8_t {
  kInitial,  // Nothing has: it is ConcurrencyLimitOptions::initial_limit.
  kRoom,     // It grew, as it was needed and latency was tolerable.
  kLatency,  // It fell, as latency was not tolerable.
};

// What a ConcurrencyLimit knows: plain data for a status page or a metric.
struct ConcurrencyLimitSnapshot {
  double limit = 1;  // For Priority::kNormal. At least 1.
  std::uint32_t in_flight = 0;
  LimitReason reason = LimitReason::kInitial;

  // Empty before the first window has ended.
  std::optional<Duration> baseline = {};
  std::optional<Duration> latency = {};  // Of the latest window.

  // Since the start. `refused` is by priority.
  std::uint64_t admitted = 0;
  std::array<std::uint64_t, kPriorities> refused = {};
};

namespace internal {
class LimitState;
struct AdmissionInC;
}  // namespace internal

// The place of one request under a ConcurrencyLimit, which it must not outlive.
// Gives the place back when it is destroyed, assigned over or done. Not itself
// thread-safe; it may be used by another thread than the one that got it.
class [[nodiscard]] Admission {
 public:
  // An empty admission has no place: refused, done or moved from.
  Admission() = default;
  ~Admission() { Drop(); }
  Admission(Admission&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)), since_(other.since_) {}
  Admission& operator=(Admission&& other) noexcept {
    if (this == &other) return *this;
    Drop();
    state_ = std::exchange(other.state_, nullptr);
    since_ = other.since_;
    return *this;
  }

  explicit operator bool() const noexcept { return state_ != nullptr; }

  // Gives the place back. kSuccess and kTimeout teach the limit the time since
  // the admission. Other outcomes teach it nothing: a failure is often fast,
  // and would let the limit rise when servers fail. On an empty admission it
  // does nothing, so that a request that ends twice does no harm.
  void Done(Outcome outcome, TimePoint now) noexcept;

 private:
  friend class ConcurrencyLimit;
  friend struct internal::AdmissionInC;

  Admission(internal::LimitState* state, std::int64_t since)
      : state_(state), since_(since) {}

  // Gives the place back and teaches nothing: the request was never sent.
  void Drop() noexcept;

  internal::LimitState* state_ = nullptr;
  std::int64_t since_ = 0;
};

// Thread-safe. Share one limit among all who send requests of the same service.
// Every call takes constant time, some tens of nanoseconds, with what Balancer
// says of spin locks in its limits of use. No call but the constructor
// allocates.
//
// Several access points of a service have a limit each, and need not know of
// each other.
//
// `now` is the reading of any steady clock, and may be any value. A step back
// is no step. A reading of an hour or more ahead is taken for the latest time,
// unless a second one agrees with it: then an hour has passed.
class ConcurrencyLimit {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit ConcurrencyLimit(const ConcurrencyLimitOptions& options = {});
  // REQUIRES: no admission is left.
  ~ConcurrencyLimit();
  ConcurrencyLimit(const ConcurrencyLimit&) = delete;
  ConcurrencyLimit& operator=(const ConcurrencyLimit&) = delete;

  // Returns a place for one request, or an empty admission if as many are
  // outstanding as this priority may have. A retry needs a place of its own.
  Admission TryAdmit(TimePoint now,
                     Priority priority = Priority::kNormal) noexcept;

  ConcurrencyLimitSnapshot Snapshot() const noexcept;

 private:
  friend struct internal::AdmissionInC;

  std::unique_ptr<internal::LimitState> state_;  // Constant after construction.
};

}  // namespace els
