#pragma once

// Chooses, for every request, the backend expected to answer it soonest.
//
//   els::Balancer balancer;
//   absl::Status set = balancer.SetBackends(
//       {{.id = "10.0.0.1:80"}, {.id = "10.0.0.2:80"}}, Clock::now());
//
//   els::Ticket ticket = balancer.Pick(Clock::now());  // for each request
//   if (!ticket) return Unavailable();                 // the set is empty
//   bool ok = Send(request, ticket.id());
//   ticket.Finish(ok ? els::Outcome::kSuccess : els::Outcome::kFailure,
//                 Clock::now());
//
// The balancer learns from its own traffic alone: per backend the latency of
// successes and of failures, the success rate and the outstanding requests, in
// forward-decayed means (Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009),
// and picks the lowest expected latency, after Spotify's Expected Latency
// Selector (2015; described in US patent 10,089,309). See README.md for the
// formula. It reads no clock, starts no thread, does no I/O and logs nothing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "els/explanation.h"
#include "els/options.h"
#include "els/snapshot.h"

namespace els {

namespace internal {
class BalancerPeer;
class Engine;
class Record;
}  // namespace internal

// One server process that may answer a request.
struct Backend {
  std::string id;         // Unique in its set, not empty, any bytes.
  std::uint64_t tag = 0;  // The caller's own index or pointer, given back.
  double distance = 1.0;  // Multiplies the expected latency: 1 near, 10 far.
};

// How an attempt ended, and what it teaches of the backend. One that has taken
// no time, or less, gives no sample of latency: the clock of one thread lags
// behind another's.
//
//                latency              success rate   for example
//   kSuccess     a sample             up             2xx to 4xx, but not 429
//   kFailure     a sample of failure  down           429, 5xx, reset, refused
//   kTimeout     a sample, as long    -              its deadline has passed
//                as a failure costs
//                if it was shorter
//   kCancelled   a sample if longer   -              the user went away, or
//                than usual, else -                  a hedge has lost
//   (dropped)    -                    -              never sent
enum class Outcome { kSuccess, kFailure, kTimeout, kCancelled };

// One outstanding request; move-only. Destroyed unfinished, or
// assigned over, it is dropped: it counts down and teaches nothing. May outlive
// its backend's membership and its balancer, and finish on any thread, but is
// not itself thread-safe.
class [[nodiscard]] Ticket {
 public:
  Ticket() = default;  // Empty.
  Ticket(Ticket&& other) noexcept
      : engine_(other.engine_),
        record_(std::exchange(other.record_, nullptr)),
        tag_(other.tag_),
        start_ns_(other.start_ns_),
        state_(std::exchange(other.state_, State::kEmpty)) {}
  Ticket& operator=(Ticket&& other) noexcept {
    if (this == &other) return *this;
    if (record_ != nullptr) Leave();
    engine_ = other.engine_;
    record_ = std::exchange(other.record_, nullptr);
    tag_ = other.tag_;
    start_ns_ = other.start_ns_;
    state_ = std::exchange(other.state_, State::kEmpty);
    return *this;
  }
  ~Ticket() {
    if (record_ != nullptr) Leave();
  }

  // False if there was no backend to pick, once finished, or moved from.
  explicit operator bool() const noexcept {
    return state_ == State::kWaiting || state_ == State::kAnswered;
  }

  // The backend picked, as it was at the pick. Valid, also after Finish, until
  // the ticket is destroyed, assigned to or moved from.
  // REQUIRES: the ticket came from a set that was not empty.
  std::string_view id() const;
  std::uint64_t tag() const;

  // The answer has begun (its first byte, for a stream): learns from the
  // outcome and the time since the pick, and goes on counting as outstanding
  // until Finish, which then teaches nothing more.
  void Answered(Outcome outcome, TimePoint now) noexcept;

  // The request is over: learns from the outcome and the time since the pick,
  // unless Answered has already, and no longer counts as outstanding. A second
  // call does nothing but add to BackendSnapshot::late_finishes.
  void Finish(Outcome outcome, TimePoint now) noexcept;

 private:
  friend class Balancer;
  enum class State : std::uint8_t { kEmpty, kWaiting, kAnswered, kFinished };

  void Leave() noexcept;

  internal::Engine* engine_ = nullptr;
  internal::Record* record_ = nullptr;  // Null if and only if kEmpty.
  std::uint64_t tag_ = 0;
  std::int64_t start_ns_ = 0;
  State state_ = State::kEmpty;
};

// Picks backends. Thread-safe: use one per service, shared by all threads,
// since evidence split among balancers is evidence lost.
//
// `now` is any steady clock's reading. A step back is taken as no step, and one
// of more than an hour, ahead or back, is not believed before a second call
// agrees with it: ahead it counts as an hour.
//
// - Real-time threads: Pick, Answered and Finish hold a spin lock of a backend
//   for some tens of nanoseconds. A thread that is preempted while it holds one
//   makes others spin, and yield, until it runs again. So threads that share a
//   balancer should share a priority.
// - Signal handlers: no call is safe in one.
// - Fork: a child may use a balancer only if no other thread was inside a call
//   at the fork; and it then draws the same random numbers as its parent. Make
//   balancers after the fork.
class Balancer {
 public:
  static constexpr std::size_t kMaxBackends = 65'536;

  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit Balancer(const Options& options = {});
  ~Balancer();
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  // Changes the options and keeps all that was learnt. On an error (see
  // Options::Validate) nothing changes. The seed is not used again.
  absl::Status SetOptions(const Options& options, TimePoint now);

  // Makes `backends` the whole set. A backend that stays, or that returns
  // within Options::removed_memory, keeps what was learnt of it and takes the
  // tag and distance given. InvalidArgumentError, and no change at all, if an
  // id is empty or given twice, a distance is not finite and positive, or there
  // are more than kMaxBackends. Throws std::bad_alloc, and leaves the set as it
  // was, if there is not enough memory. O(backends).
  absl::Status SetBackends(absl::Span<const Backend> backends, TimePoint now);

  // The backend to send the next request to; an empty ticket if and only if
  // the set is empty. Passes over the ids in `avoid` (those that have failed
  // this request already) unless nothing else is left. Within 1 % the lowest
  // of all: always up to 100 backends, in 99 % of picks at 1,000 and in 95 % at
  // 10,000; where threads do nothing but pick, in some per mille fewer.
  // O(log backends), and some more while what is known of the fleet changes
  // fast; O(backends) for Choice::kWeightedRandom. Allocates nothing.
  Ticket Pick(TimePoint now, absl::Span<const std::string_view> avoid = {});

  // What is known of each backend, in the order of the set, then of those that
  // left it with requests outstanding. Changes nothing. O(backends).
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  // Keeps an explanation of each of the latest `picks` picks from now on; 0, as
  // at first, keeps none and costs nothing. A pick that is explained costs some
  // microseconds and allocates.
  void Explain(std::size_t picks);

  // Those kept, the oldest first.
  std::vector<PickExplanation> Explanations() const;

 private:
  friend class internal::BalancerPeer;  // Of the tests.
  explicit Balancer(internal::Engine* engine) : engine_(engine) {}

  internal::Engine* const engine_;
};

}  // namespace els
