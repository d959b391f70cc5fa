#pragma once

// els for programs in C: the same balancer as els/balancer.h, in C99.
//
//   els_balancer* balancer;
//   els_balancer_new(NULL, &balancer, NULL, 0);
//
//   els_backend backend = ELS_BACKEND_INIT;
//   backend.id.data = "10.0.0.1:80";
//   backend.id.size = strlen(backend.id.data);
//   char why[200];
//   if (els_balancer_set_backends(balancer, &backend, 1, now_ns(), why,
//                                 sizeof why) != ELS_OK) log_error(why);
//
//   els_ticket ticket;  // for each request
//   if (els_balancer_pick(balancer, NULL, 0, now_ns(), &ticket) != ELS_OK)
//     return unavailable();  // the set is empty
//   int ok = send(request, els_ticket_id(&ticket));
//   els_ticket_finish(&ticket, ok ? ELS_SUCCESS : ELS_FAILURE, now_ns());
//
// Times are the readings of any steady clock in nanoseconds, such as
// clock_gettime(CLOCK_MONOTONIC); one above INT64_MAX is taken as INT64_MAX.
//
// Structs may grow at their end in later versions, and a program and a library
// of different versions still understand each other: each struct says in
// struct_size how large the caller knows it to be. A shorter one than the
// library's lacks fields, which take their defaults. A longer one is accepted
// if the excess is zero, which in every later field will mean "as before".
// els_id and els_ticket stay as they are for good.
//
// No exception leaves a call. A process that forks makes its balancers after
// the fork: copies of one would draw the same random numbers. A program in C is
// linked by the C++ compiler (CMake does so by itself), or with -lstdc++.

#include <stddef.h>
#include <stdint.h>

#ifndef ELS_API
#if defined(__GNUC__)
#define ELS_API __attribute__((visibility("default")))
#else
#define ELS_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

// What a call returns. Unless a call says otherwise, nothing has changed if it
// is not ELS_OK.
typedef enum els_status {
  ELS_OK = 0,
  ELS_INVALID_ARGUMENT = 1,  // Also for a null pointer that may not be one.
  ELS_NO_MEMORY = 2,
  ELS_INTERNAL = 3,         // Any other failure, such as no random source.
  ELS_NO_BACKEND = 4,       // The set is empty; or the ticket is.
  ELS_ALREADY_REPORTED = 5  // The ticket was, by this or another copy of it.
} els_status;

// Where a call takes `message` and `message_size`, it writes one line there
// that names the field or backend that was wrong and its range, without a
// newline, cut to the size and ended by a NUL; an empty one if all went well.
// Null or a size of 0: not wanted.

// Any bytes: size of them, not ended by a NUL.
typedef struct els_id {
  const char* data;
  size_t size;
} els_id;

// -- Options ------------------------------------------------------------------

// Of a fixed size, and any value may be passed and is checked: an enum's is the
// compiler's choice.
typedef int32_t els_choice;
enum {
  ELS_CHOICE_LOWEST = 0,
  ELS_CHOICE_POWER_OF_TWO = 1,
  ELS_CHOICE_WEIGHTED_RANDOM = 2
};

// The fields of els::Options: els/options.h says what each means and trades. A
// user sets seed, choice, initial_latency_ns, first_contact_limit and
// removed_memory_ns; the other fields are for the tuner. A field stays where it
// is for good, so the two groups are not apart here as they are in
// els::Options. A message names a duration without its _ns.
typedef struct els_options {
  size_t struct_size;
  uint64_t seed;                    // 0: drawn from the system, once.
  els_choice choice;                // ELS_CHOICE_LOWEST
  uint64_t initial_latency_ns;      // 1 ns to 1 h
  uint64_t latency_memory_ns;       // 1 ms to 1 day
  double latency_memory_picks;      // 0 to 1e6
  uint64_t success_memory_ns;       // 1 ms to 1 day
  double success_memory_picks;      // 0 to 1e6
  double success_memory_spread;     // 0 to 0.9
  double prior_weight;              // 0.01 to 100
  double unproven_factor;           // 1 to 100
  double failure_cost_factor;       // 0 to 100
  uint64_t failure_cost_memory_ns;  // 1 ms to 1 day
  double overdue_factor;            // 1 to 1000
  double turn_limit;                // 0 to 0.9
  double turn_slope;                // 0 to 10
  uint64_t turn_memory_ns;          // 1 ms to 1 day
  double first_contact_limit;       // 1 to 1e6
  uint64_t removed_memory_ns;       // 0 to 1 day
  double trust_after_failure;       // 0 to 1
  double outage_growth;             // 0 to 10
} els_options;

// Writes the library's defaults, and struct_size:
//   els_options options;
//   els_options_init(&options, sizeof options);
// Thread-safe.
ELS_API els_status els_options_init(els_options* options, size_t struct_size);

// -- The balancer -------------------------------------------------------------

typedef struct els_balancer els_balancer;

// Makes a balancer with an empty set; null options are the defaults. On an
// error *balancer is null. Thread-safe.
ELS_API els_status els_balancer_new(const els_options* options,
                                    els_balancer** balancer, char* message,
                                    size_t message_size);

// Ends a balancer; null is allowed. Its tickets may be reported later all the
// same, and keep what they need alive; the last one to be reported frees it.
// O(size of the tables of tickets, see els_ticket).
// Not thread-safe: no other call with this balancer during or after it. Calls
// with its tickets are allowed.
ELS_API void els_balancer_free(els_balancer* balancer);

// Changes the options and keeps all that was learnt. The seed is not used
// again. Thread-safe.
ELS_API els_status els_balancer_set_options(els_balancer* balancer,
                                            const els_options* options,
                                            uint64_t now_ns, char* message,
                                            size_t message_size);

#define ELS_MAX_BACKENDS 65536

// One server process that may answer a request.
typedef struct els_backend {
  size_t struct_size;
  els_id id;        // Unique in its set, not empty. Copied by the call.
  uint64_t tag;     // The caller's own index or pointer, given back.
  double distance;  // Multiplies the expected latency: 1 near, 10 far.
} els_backend;

#define ELS_BACKEND_INIT \
  { sizeof(els_backend), {0, 0}, 0, 1.0 }

// Makes the `count` backends, all of one struct_size, the whole set; none if it
// is 0. A backend that stays, or that returns within removed_memory_ns, keeps
// what was learnt of it and takes the tag and distance given. An error if an id
// is empty or given twice, a distance is not finite and positive, or there are
// more than ELS_MAX_BACKENDS. After ELS_NO_MEMORY, as after every error, the
// set is as it was. O(count). Thread-safe.
ELS_API els_status els_balancer_set_backends(els_balancer* balancer,
                                             const els_backend* backends,
                                             size_t count, uint64_t now_ns,
                                             char* message,
                                             size_t message_size);

// -- One request --------------------------------------------------------------

// One outstanding request: plain data, to be stored and copied at will. A
// ticket of zeros is empty. All copies stand for the same request, which is
// reported once, by els_ticket_finish or els_ticket_drop: a ticket reported
// before is told from all others for as long as the process lives, whatever has
// become of its balancer, and reporting it again does no harm.
//
// The price beside els::Ticket: two locks for each request, seldom contended
// since each thread picks into one of 32 tables; 24 bytes here, and about 100
// in the table. A table grows to the most of its tickets that were ever
// outstanding at once, never shrinks, and serves all balancers of the process.
typedef struct els_ticket {
  uint64_t tag;   // The backend's, as it was at the pick.
  uint64_t slot;  // Private, like the next.
  uint64_t serial;
} els_ticket;

// The backend to send the next request to. ELS_NO_BACKEND if and only if the
// set is empty. Passes over the `avoid_count` ids at `avoid` (those that have
// failed this request already; may be null if there are none) unless nothing
// else is left. The ticket is empty unless ELS_OK is returned. Allocates
// nothing, except for a table of tickets to grow, and for more than 16 ids to
// avoid. Thread-safe.
ELS_API els_status els_balancer_pick(els_balancer* balancer,
                                     const els_id* avoid, size_t avoid_count,
                                     uint64_t now_ns, els_ticket* ticket);

// The backend picked, as it was at the pick: valid until the ticket is finished
// or dropped, whatever becomes of the balancer. {NULL, 0} for a ticket that is
// empty or reported. Thread-safe.
ELS_API els_id els_ticket_id(const els_ticket* ticket);

// How an attempt ended; els::Outcome in els/balancer.h says what each teaches.
// 0 is none of them, so that one forgotten is refused.
typedef int32_t els_outcome;
enum {
  ELS_SUCCESS = 1,   // 2xx to 4xx, but not 429
  ELS_FAILURE = 2,   // 429, 5xx, reset, refused
  ELS_TIMEOUT = 3,   // its deadline has passed
  ELS_CANCELLED = 4  // the user went away, or a hedge has lost
};

// The answer has begun (its first byte, for a stream): learns from the outcome
// and the time since the pick, and goes on counting as outstanding until the
// ticket is finished, which then teaches nothing more. Thread-safe, also with
// other calls for the same ticket, of which the first one counts.
//
// This and els_ticket_finish return ELS_NO_BACKEND for an empty ticket, and
// ELS_ALREADY_REPORTED for one that was answered (here only), finished or
// dropped before, or never given out. Both then change nothing, but for adding
// to late_finishes if the ticket was answered or finished and its place in the
// table has not been used again since; the oldest is used first.
ELS_API els_status els_ticket_answered(const els_ticket* ticket,
                                       els_outcome outcome, uint64_t now_ns);

// The request is over: learns from the outcome and the time since the pick,
// unless els_ticket_answered has already, and no longer counts as outstanding.
// Allocates nothing. Thread-safe, like els_ticket_answered.
ELS_API els_status els_ticket_finish(const els_ticket* ticket,
                                     els_outcome outcome, uint64_t now_ns);

// The request was never sent, or given up: counts down and teaches nothing. On
// a ticket that is reported already it does nothing and counts nothing, so that
// a clean-up handler may call it always. Returns what els_ticket_finish does.
// Thread-safe, like els_ticket_answered.
ELS_API els_status els_ticket_drop(const els_ticket* ticket);

// -- What is known ------------------------------------------------------------

// The fields of els::BackendSnapshot: els/snapshot.h says what each means.
typedef struct els_backend_snapshot {
  size_t struct_size;
  els_id id;  // Valid until els_snapshot_free.
  uint64_t tag;
  double distance;
  int32_t removed;  // 1 if it has left the set with requests outstanding.
  uint64_t expected_latency_ns;
  uint64_t latency_ns;
  uint64_t failure_cost_ns;
  double success_rate;
  int64_t outstanding;
  double overdue;
  double turn;
  uint64_t failure_latency_ns;
  uint64_t mean_age_ns;
  double share;
  uint64_t picks;
  uint64_t successes;
  uint64_t failures;
  uint64_t timeouts;
  uint64_t cancelled;
  uint64_t dropped;
  uint64_t late_finishes;
  uint64_t since_outcome_ns;  // UINT64_MAX if there was none.
} els_backend_snapshot;

#define ELS_BACKEND_SNAPSHOT_INIT                                             \
  {                                                                           \
    sizeof(els_backend_snapshot), {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
        0, 0, 0, 0, 0, 0, 0, 0, 0                                             \
  }

// All backends at one moment. A value of its own, which no later call to the
// balancer changes or frees.
typedef struct els_snapshot els_snapshot;

// Takes a snapshot, to be freed by the caller. On an error *snapshot is null.
// Changes nothing. O(backends). Thread-safe.
ELS_API els_status els_balancer_snapshot(const els_balancer* balancer,
                                         uint64_t now_ns,
                                         els_snapshot** snapshot);

// The number of backends: those of the set in their order, then those that left
// it with requests outstanding. 0 for null. Thread-safe.
ELS_API size_t els_snapshot_size(const els_snapshot* snapshot);

// Writes the backend at `index` to *backend, whose struct_size the caller has
// set; fields that this library does not know become zero. Thread-safe:
//   els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
//   for (size_t i = 0; i < els_snapshot_size(snapshot); ++i)
//     if (els_snapshot_get(snapshot, i, &backend) == ELS_OK) print(&backend);
ELS_API els_status els_snapshot_get(const els_snapshot* snapshot, size_t index,
                                    els_backend_snapshot* backend);

// Null is allowed. Not thread-safe: no other call with this snapshot during or
// after it.
ELS_API void els_snapshot_free(els_snapshot* snapshot);

#ifdef __cplusplus
}  // extern "C"
#endif
