#pragma once

// Chooses, for every request, the backend expected to answer it soonest.
//
//   els::Balancer balancer;
//   absl::Status set = balancer.SetBackends(
//       {{.id = "10.0.0.1:80"}, {.id = "10.0.0.2:80"}}, Clock::now());
//
//   els::Ticket ticket = balancer.Pick(Clock::now());  // for each request
//   if (!ticket) return Unavailable();                 // nothing to pick
//   bool ok = Send(request, ticket.id());
//   ticket.Finish(ok ? els::Outcome::kSuccess : els::Outcome::kFailure,
//                 Clock::now());
//
// The balancer learns from its own traffic alone. For each backend it keeps the
// latency of successes, the latency of failures and the success rate in
// forward-decayed means (Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009),
// and counts the outstanding requests. It picks the backend with the lowest
// expected latency, after Spotify's Expected Latency Selector (2015; described
// in US patent 10,089,309). README.md has the formula. The balancer reads no
// clock, starts no thread, does no I/O and logs nothing.

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

struct ServerLoad;

namespace internal {
class BalancerPeer;
class Engine;
class Record;

// What a report says in requests in flight; see src/score/reported.h.
struct Told {
  enum class Kind : std::uint8_t { kNothing, kOfAll, kOfOthers };
  float in_flight = 0;
  Kind kind = Kind::kNothing;
};
}  // namespace internal

// One server process that may answer a request.
struct Backend {
  std::string id;         // Unique in its set, not empty, any bytes.
  std::uint64_t tag = 0;  // The caller's own index or pointer; tickets have it.
  double distance = 1.0;  // Multiplies the expected latency: 1 near, 10 far.

  // How much the backend can do at once, relative to the others of the set: at
  // the same expected latency a backend of weight 2 has twice as much work
  // outstanding as one of weight 1, and its fair share is twice as large. Only
  // ratios matter. Finite and above 0.
  double weight = 1.0;

  // At most this many requests are outstanding at the backend. A full backend
  // is not picked, whatever else there is. 0: no limit. A limit below what is
  // outstanding ends nothing: the backend is full until enough has finished.
  std::uint32_t max_outstanding = 0;
};

// What the caller knows of a request. All of it is optional.
struct Request {
  // Ids of backends to pass over, such as those that have failed this request
  // already, unless all others are full or there are none.
  absl::Span<const std::string_view> avoid = {};

  // Ids of backends that would serve the request better than it seems, as they
  // have its session or its data in a cache. The first of them is picked that
  // is in the set, not to be avoided, not full, not held back by the
  // first-contact limit, and whose expected latency is at most `price` times
  // the lowest. If there is none, the pick is made as if `prefer` were empty.
  // An id that is not in the set is passed over.
  absl::Span<const std::string_view> prefer = {};

  // What a preferred backend may cost, to 2 %: 1 takes it only if it is the
  // best, and infinity takes it always. Anything that is not at least 1 counts
  // as 1.
  double price = 2.0;

  // The expected cost of the request relative to a typical one: 2 for twice the
  // work. WorkEstimator estimates it from a key. The latency of a backend is
  // learnt per work, so that a heavy request does not make it look slow, and
  // its queue is counted in work as far as Options::queue_by_work says. 1/4096
  // to 1e6; a value outside counts as the nearest bound, and one that is not
  // finite, or not above 0, as 1.
  double work = 1.0;
};

// Why a ticket is empty.
enum class PickFailure : std::uint8_t {
  kNone,      // It is not: a backend was picked. Also: not made by Pick.
  kEmptySet,  // The set is empty.
  kAllFull,   // Every backend has Backend::max_outstanding requests.
};

// How an attempt ended, and what that teaches of the backend:
//
//                latency              success rate   for example
//   kSuccess     a sample             up             2xx, 3xx
//   kFailure     a sample of failure  down           429, 5xx, reset, refused
//   kTimeout     a sample, at least   -              its deadline has passed
//                as long as a failure
//                costs
//   kCancelled   a sample if longer   -              the user went away, or
//                than usual, else -                  a hedge has lost
//   kNeutral     -                    -              4xx but 429, an answer
//                                                    from a cache in front
//   (dropped)    -                    -              never sent
//
// A wait without an answer counts as no more than 32 times the latency of all
// backends in the mean, or as much as a failure costs, if that is more. From
// four requests a second to each backend on the bound is lower, and from 33 on
// it is 4 times. So a backend that was frozen for a while is back soon,
// however patient the caller.
//
// kNeutral says that the backend is alive, and nothing of how fast or how good
// it is. Where a neutral answer came sooner than a success takes in the mean,
// the rest of that time counts as if the request were still outstanding, in
// the mean over a minute. So a backend that answers nothing but 404 at once
// gets no more than its fair share. If 4xx are the ordinary answers of a
// service, call them successes.
//
// An attempt that ended at the time of its pick, or before, gives no sample of
// latency, unless it timed out: the clock of one thread may lag behind that of
// another.
enum class Outcome { kSuccess, kFailure, kTimeout, kCancelled, kNeutral };

// The longest wait that a backend may ask for at once.
inline constexpr Duration kLongestRetryAfter = std::chrono::minutes(1);

// One outstanding request. Move-only. A ticket that is destroyed or assigned
// over before Finish is dropped: its request no longer counts as outstanding,
// and teaches nothing more. A ticket may outlive its backend's membership and
// its balancer. It may be used on any thread, but is not itself thread-safe.
class [[nodiscard]] Ticket {
 public:
  Ticket() = default;  // Empty.
  Ticket(Ticket&& other) noexcept
      : engine_(other.engine_),
        record_(std::exchange(other.record_, nullptr)),
        tag_(other.tag_),
        start_ns_(other.start_ns_),
        work_(other.work_),
        told_(other.told_),
        failure_(other.failure_),
        state_(std::exchange(other.state_, State::kEmpty)) {}
  Ticket& operator=(Ticket&& other) noexcept {
    if (this == &other) return *this;
    if (record_ != nullptr) Leave();
    engine_ = other.engine_;
    record_ = std::exchange(other.record_, nullptr);
    tag_ = other.tag_;
    start_ns_ = other.start_ns_;
    work_ = other.work_;
    told_ = other.told_;
    failure_ = other.failure_;
    state_ = std::exchange(other.state_, State::kEmpty);
    return *this;
  }
  ~Ticket() {
    if (record_ != nullptr) Leave();
  }

  // True from the pick to Finish. False if there was no backend to pick, and
  // for a ticket that was moved from.
  explicit operator bool() const noexcept {
    return state_ != State::kEmpty && state_ != State::kFinished;
  }

  // Why Pick found no backend.
  PickFailure failure() const noexcept { return failure_; }

  // The id and the tag of the backend picked, as they were at the pick. The id
  // stays valid, also after Finish, until the ticket is destroyed, assigned to
  // or moved from.
  // REQUIRES: the pick found a backend, and the ticket was not moved from;
  // aborts otherwise.
  std::string_view id() const;
  std::uint64_t tag() const;

  // Says that the answer has begun: for a stream, that its first byte is here.
  // The balancer learns from the outcome and the time since the pick. Until
  // Finish the request counts as outstanding, but only
  // Options::answered_weight of its work does. A second call only adds to
  // BackendSnapshot::late_finishes.
  void Answered(Outcome outcome, TimePoint now) noexcept;

  // Says that the request is over, so it no longer counts as outstanding. The
  // balancer learns from the outcome and the time since the pick, unless it did
  // so at Answered. After an answer that began well, a kFailure or a kTimeout
  // says that it was cut: it counts as a failure instead of a success, without
  // a latency. Any other outcome teaches nothing more. A second call only adds
  // to BackendSnapshot::late_finishes.
  void Finish(Outcome outcome, TimePoint now) noexcept;

  // Says that the backend has asked for no requests for the time `wait`, to 17
  // ms, from `now` on: Retry-After of HTTP, grpc-retry-pushback-ms. Until then
  // a pick takes this backend only if all backends that have not asked are full
  // or named by Request::avoid. A longer wait than kLongestRetryAfter counts as
  // kLongestRetryAfter, so that no backend hides for ever. The latest call
  // counts, and a wait of 0 or less ends the wait of an earlier call. The call
  // says nothing of how the attempt ended, which is still to be reported. Do
  // not make the call if the answer is about a single user, such as a user
  // whose quota is used up. The call does nothing on an empty ticket.
  void RetryAfter(Duration wait, TimePoint now) noexcept;

  // Says what the server has told of its load in its answer to this request:
  // els/server_load.h reads the load from headers. The report counts from the
  // next call of Answered or Finish on. A second report replaces the first. The
  // report multiplies the expected latency by (2 + x) / (2 + m), bounded to 1/4
  // to 4: x is how many requests of other clients are in flight there, and m is
  // the usual x. The factor fades in a quarter of Options::latency_memory.
  // Without in_flight, a utilization u counts as u / (1 - u) requests of other
  // clients. A number below 0 or not finite counts as absent. The call does
  // nothing on an empty or finished ticket, and takes no lock.
  void Report(const ServerLoad& load) noexcept;

 private:
  friend class Balancer;
  enum class State : std::uint8_t {
    kEmpty,
    kWaiting,
    kAnswered,  // With success: a bad end is still to be learnt.
    kLearnt,    // Answered, and there is nothing more to learn.
    kFinished,
  };

  void Leave() noexcept;

  internal::Engine* engine_ = nullptr;
  internal::Record* record_ = nullptr;  // Null if and only if kEmpty.
  std::uint64_t tag_ = 0;
  std::int64_t start_ns_ = 0;
  std::uint32_t work_ = 0;  // In the units of internal::Work.
  internal::Told told_;     // By Report, and not learnt yet.
  PickFailure failure_ = PickFailure::kNone;
  State state_ = State::kEmpty;
};

// Picks backends. Thread-safe. Use one balancer per service, shared by all
// threads: evidence that is split among balancers is lost.
//
// `now` is the reading of any steady clock, and may be any value. It is
// compared with the latest time, which Pick, SetOptions and SetBackends move
// on, in steps of up to a millisecond:
//
// - A reading that is less than an hour ahead or behind is believed. Pick,
//   SetOptions and SetBackends are made at the latest time if the reading is
//   behind: time stands still until readings are ahead again. Answered and
//   Finish measure the time since the pick by the reading itself.
// - A reading that is an hour or more ahead or behind is in doubt. The call is
//   made an hour after the latest time, or at the latest time; other calls go
//   on as if it had not been made. But if a second call agrees with it to an
//   hour before the latest time moves on, time goes on from there, and has
//   passed by an hour or not at all.
//
// Limits of use:
//
// - Memory: the constructor, SetOptions, SetBackends, Snapshot and Explanations
//   throw std::bad_alloc if there is not enough, and then have changed nothing.
//   SetOptions allocates only to say what is wrong.
// - Real-time threads: Pick, Answered and Finish hold a spin lock of a backend
//   for some tens of nanoseconds. A thread that is preempted while it holds the
//   lock makes other threads spin, and yield, until it runs again. So threads
//   that share a balancer should share a priority.
// - Signal handlers: no call is safe in a signal handler.
// - Fork: a child may use a balancer only if no other thread was inside a call
//   at the fork. The child then draws the same random numbers as its parent. So
//   make balancers after the fork.
class Balancer {
 public:
  static constexpr std::size_t kMaxBackends = 65'536;

  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit Balancer(const Options& options = {});
  ~Balancer();
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  // Changes the options and keeps all that was learnt. After an error (see
  // Options::Validate) nothing has changed. The seed is not used again.
  absl::Status SetOptions(const Options& options, TimePoint now);

  // Makes `backends` the whole set. A backend that stays, or that returns
  // within Options::removed_memory, keeps what was learnt of it and takes the
  // new tag, distance, weight and limit. Returns an InvalidArgumentError, and
  // changes nothing, if an id is empty or given twice, a distance or a weight
  // is not finite and positive, or there are more than kMaxBackends.
  // O(backends).
  absl::Status SetBackends(absl::Span<const Backend> backends, TimePoint now);

  // Picks the backend to send the next request to. The ticket is empty if the
  // set is empty or every backend of it is full: Ticket::failure says which.
  //
  // With Choice::kLowest the expected latency of the backend picked is within
  // 10 % of the lowest in at least 99 % of the picks, also where threads do
  // nothing but pick. To be nearer makes no request faster that could be
  // measured.
  //
  // O(log backends), and some microseconds more now and then, when the scores
  // of other backends are brought up to date. O(backends) for
  // Choice::kWeightedRandom, and for Choice::kPowerOfTwo where a backend drawn
  // is held back, full or to be avoided. Allocates nothing.
  Ticket Pick(TimePoint now, const Request& request);
  // The same, for a request of which nothing is known but what to avoid.
  Ticket Pick(TimePoint now, absl::Span<const std::string_view> avoid = {});

  // Returns what is known of each backend. Those of the set come first, in its
  // order; then those that left it with requests outstanding. Changes nothing,
  // not even the latest time. O(backends).
  std::vector<BackendSnapshot> Snapshot(TimePoint now) const;

  // From now on keeps an explanation of each of the latest `picks` picks. 0, as
  // at first, keeps none and costs nothing. A pick that is explained costs some
  // microseconds and allocates. If there is not enough memory, the pick is made
  // all the same, and is not explained.
  void Explain(std::size_t picks);

  // Returns the explanations that are kept, the oldest first.
  std::vector<PickExplanation> Explanations() const;

 private:
  friend class internal::BalancerPeer;  // For tests.
  explicit Balancer(internal::Engine* engine) : engine_(engine) {}

  internal::Engine* const engine_;
};

}  // namespace els
