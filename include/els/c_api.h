#pragma once

// els for programs in C: the same balancer as els/balancer.h, in C99.
// els/c_explanation.h says why backends were picked; els/c_options_text.h reads
// options from a text.
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
//     return unavailable();  // nothing to pick
//   int ok = send(request, els_ticket_id(&ticket));
//   els_ticket_finish(&ticket, ok ? ELS_SUCCESS : ELS_FAILURE, now_ns());
//
// Times are the readings of any steady clock in nanoseconds, such as
// clock_gettime(CLOCK_MONOTONIC). A reading above INT64_MAX counts as
// INT64_MAX. els/balancer.h says how far readings are believed.
//
// Structs may grow at their end in later versions. A program and a library of
// different versions still understand each other: each struct says in
// struct_size how large the caller knows it to be. If the caller's struct is
// shorter than the library's, the fields that it lacks take their defaults. If
// it is longer, the excess must be zero, as els_options_init and the INIT
// macros leave it: a library that does not know a field does as it always did.
// els_id and els_ticket stay as they are for good.
//
// No exception leaves a call. A process that forks should make its balancers
// after the fork, as copies of a balancer draw the same random numbers. Link a
// program in C with libels.so (`pkg-config els`), or by the C++ compiler.

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

// The result of a call. If it is not ELS_OK, the call has changed nothing,
// unless its comment says otherwise.
typedef enum els_status {
  ELS_OK = 0,
  ELS_INVALID_ARGUMENT = 1,  // Also for a null pointer where none is allowed.
  ELS_NO_MEMORY = 2,
  ELS_INTERNAL = 3,         // Any other failure, such as no random source.
  ELS_NO_BACKEND = 4,       // There is none to pick, or the ticket is empty.
  ELS_ALREADY_REPORTED = 5  // This ticket, or a copy of it, was reported.
} els_status;

// A call that takes `message` and `message_size` writes one line of text there.
// The line names the field or backend that was wrong, and its range. If all
// went well, the line is empty. It has no newline, is cut to the size, and ends
// with a NUL. Nothing is written if `message` is null or the size is 0.

// `size` bytes of any value. No NUL ends them.
typedef struct els_id {
  const char* data;
  size_t size;
} els_id;

// -- Options ------------------------------------------------------------------

// One of the values below; any other value is refused. Not an enum, as the
// compiler chooses the size of an enum.
typedef int32_t els_choice;
enum {
  ELS_CHOICE_LOWEST = 0,
  ELS_CHOICE_POWER_OF_TWO = 1,
  ELS_CHOICE_WEIGHTED_RANDOM = 2
};

// The fields of els::Options: els/options.h says what each means and trades. A
// user sets seed, choice, initial_latency_ns, first_contact_limit,
// removed_memory_ns, answered_weight, queue_by_work and tail; the other fields
// are for the tuner. A field stays where it is for good, so the two groups are
// not apart here as they are in els::Options. A message names a duration
// without its _ns.
typedef struct els_options {
  size_t struct_size;
  uint64_t seed;                    // 0: the system draws one, once.
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
  double answered_weight;           // 0 to 1
  double parallelism;               // 0 to 1
  double turn_premium;              // 0 to 0.9
  double queue_by_work;             // 0 to 1
  double tail;                      // 0 to 10
} els_options;

// Writes the library's defaults and struct_size to *options:
//   els_options options;
//   els_options_init(&options, sizeof options);
// Thread-safe.
ELS_API els_status els_options_init(els_options* options, size_t struct_size);

// -- The balancer -------------------------------------------------------------

typedef struct els_balancer els_balancer;

// Makes a balancer with an empty set. Null options are the defaults. After an
// error *balancer is null. Thread-safe.
ELS_API els_status els_balancer_new(const els_options* options,
                                    els_balancer** balancer, char* message,
                                    size_t message_size);

// Ends a balancer. Null is allowed. The balancer's tickets may still be
// reported later. Until then they keep what they need alive; the last ticket to
// be reported frees it. O(size of the tables of tickets, see els_ticket). Not
// thread-safe: no other call may use this balancer during or after this one.
// Calls with its tickets are allowed.
ELS_API void els_balancer_free(els_balancer* balancer);

// Changes the options and keeps all that was learnt. The seed is not used
// again. Thread-safe.
ELS_API els_status els_balancer_set_options(els_balancer* balancer,
                                            const els_options* options,
                                            uint64_t now_ns, char* message,
                                            size_t message_size);

#define ELS_MAX_BACKENDS 65536

// One server process that may answer a request. els::Backend in els/balancer.h
// says more of weight and max_outstanding.
typedef struct els_backend {
  size_t struct_size;
  els_id id;        // Unique in its set, not empty. Copied by the call.
  uint64_t tag;     // The caller's own index or pointer; tickets have it.
  double distance;  // Multiplies the expected latency: 1 near, 10 far.

  // How much the backend can do at once, relative to the others of the set. 0
  // counts as 1.
  double weight;

  // At most this many requests are outstanding at the backend. 0: no limit. A
  // value above UINT32_MAX counts as UINT32_MAX.
  uint64_t max_outstanding;
} els_backend;

#define ELS_BACKEND_INIT \
  { sizeof(els_backend), {0, 0}, 0, 1.0, 0, 0 }

// Makes the `count` backends the whole set. If `count` is 0, the set is empty.
// All backends must have the same struct_size. A backend that stays, or that
// returns within removed_memory_ns, keeps what was learnt of it and takes the
// new tag, distance, weight and limit. Returns ELS_INVALID_ARGUMENT if an id is
// empty or given twice, a distance is not finite and positive, a weight is not
// 0 and not finite and positive, or there are more than ELS_MAX_BACKENDS. After
// ELS_NO_MEMORY, as after every error, the set is as it was. O(count).
// Thread-safe.
ELS_API els_status els_balancer_set_backends(els_balancer* balancer,
                                             const els_backend* backends,
                                             size_t count, uint64_t now_ns,
                                             char* message,
                                             size_t message_size);

// -- One request --------------------------------------------------------------

// One outstanding request. Plain data, to be stored and copied at will. A
// ticket of zeros is empty. All copies stand for the same request, which is
// reported once, by els_ticket_finish or els_ticket_drop. The library knows a
// ticket that was reported for as long as the process lives, whatever has
// become of its balancer, so reporting it again does no harm.
//
// What this costs more than els::Ticket: two locks for each request, seldom
// contended since each thread picks into one of 32 tables; 24 bytes here, and
// about 100 in the table. A table grows to the most tickets that it ever had
// outstanding at once, and never shrinks. All balancers of the process share
// the tables.
typedef struct els_ticket {
  uint64_t tag;     // The tag of the backend, as it was at the pick.
  uint64_t slot;    // Private.
  uint64_t serial;  // Private.
} els_ticket;

// What the caller knows of a request. All of it is optional: of a request made
// by ELS_REQUEST_INIT nothing is known. els::Request in els/balancer.h says
// which preferred backend is picked, and what work changes.
typedef struct els_request {
  size_t struct_size;

  // Ids of backends to pass over, such as those that have failed this request
  // already, unless all others are full or there are none. Null if the count is
  // 0. No backend has an id whose data is null.
  const els_id* avoid;
  size_t avoid_count;

  // Ids of backends that would serve the request better than it seems, the most
  // wanted first. Null if the count is 0.
  const els_id* prefer;
  size_t prefer_count;

  // A preferred backend is picked if its expected latency is at most this many
  // times the lowest. 0 counts as 2; any other value that is not at least 1
  // counts as 1.
  double price;

  // The expected cost of the request relative to a typical one, 1/4096 to 1e6.
  // A value outside counts as the nearest bound. 0, and any other value that is
  // not finite or not positive, counts as 1.
  double work;
} els_request;

#define ELS_REQUEST_INIT \
  { sizeof(els_request), 0, 0, 0, 0, 0, 0 }

// Why nothing was picked.
typedef int32_t els_pick_failure;
enum {
  ELS_PICK_FAILURE_NONE = 0,       // Something was, or the call had an error.
  ELS_PICK_FAILURE_EMPTY_SET = 1,  // The set is empty.
  ELS_PICK_FAILURE_ALL_FULL = 2    // Every backend has its max_outstanding.
};

// Picks the backend to send the request to. A null `request` is one of which
// nothing is known. Returns ELS_NO_BACKEND if and only if the set is empty or
// every backend is full: *failure says which. `failure` may be null. Returns
// ELS_INVALID_ARGUMENT for a struct_size that no version has, for a field set
// that this library does not know, and for null ids whose count is not 0.
// Unless ELS_OK is returned, the ticket is empty and nothing was picked.
// Allocates only if a table of tickets must grow, for more than 16 ids to avoid
// or to prefer, or to refuse a struct. Thread-safe.
ELS_API els_status els_balancer_pick_for(els_balancer* balancer,
                                         const els_request* request,
                                         uint64_t now_ns, els_ticket* ticket,
                                         els_pick_failure* failure);

// The same, for a request of which nothing is known but what to avoid.
ELS_API els_status els_balancer_pick(els_balancer* balancer,
                                     const els_id* avoid, size_t avoid_count,
                                     uint64_t now_ns, els_ticket* ticket);

// Returns the id of the backend picked, as it was at the pick. The bytes are
// valid until the ticket is finished or dropped, whatever becomes of the
// balancer. Returns {NULL, 0} for a ticket that is empty or reported.
// Thread-safe.
ELS_API els_id els_ticket_id(const els_ticket* ticket);

// How an attempt ended. els::Outcome in els/balancer.h says what each outcome
// teaches. 0 is no outcome, so that an outcome nobody has set is refused.
typedef int32_t els_outcome;
enum {
  ELS_SUCCESS = 1,    // 2xx, 3xx
  ELS_FAILURE = 2,    // 429, 5xx, reset, refused
  ELS_TIMEOUT = 3,    // its deadline has passed
  ELS_CANCELLED = 4,  // the user went away, or a hedge has lost
  ELS_NEUTRAL = 5     // 4xx but 429, an answer from a cache in front
};

// Says that the answer has begun: for a stream, that its first byte is here.
// The balancer learns from the outcome and the time since the pick. The request
// counts as outstanding until the ticket is finished, but only answered_weight
// of its work does. Thread-safe, also with other calls for the same ticket: the
// first of them counts.
//
// Returns ELS_NO_BACKEND for an empty ticket, and ELS_ALREADY_REPORTED for a
// ticket that was answered, finished or dropped before, or never given out. The
// call then changes nothing, with one exception: it adds to late_finishes if
// the ticket was answered or finished and its place in the table has not been
// used again since. The place that was free for longest is used first.
ELS_API els_status els_ticket_answered(const els_ticket* ticket,
                                       els_outcome outcome, uint64_t now_ns);

// Says that the request is over. The balancer learns from the outcome and the
// time since the pick, unless it did so at els_ticket_answered. If the answer
// began with ELS_SUCCESS, an end with ELS_FAILURE or ELS_TIMEOUT says that it
// was cut: it counts as a failure instead of a success, without a latency.
// After any other answer the end teaches nothing more. The request no longer
// counts as outstanding. Returns what els_ticket_answered does, but ELS_OK for
// a ticket that was only answered. Allocates nothing. Thread-safe, like
// els_ticket_answered.
ELS_API els_status els_ticket_finish(const els_ticket* ticket,
                                     els_outcome outcome, uint64_t now_ns);

// Says that the backend has asked for no requests for the time `wait_ns` from
// now on: Retry-After of HTTP, grpc-retry-pushback-ms. Ticket::RetryAfter in
// els/balancer.h says what follows. A wait above a minute counts as a minute; 0
// ends the wait before. Call it before the ticket is finished or dropped, as it
// then returns ELS_ALREADY_REPORTED and changes nothing; ELS_NO_BACKEND for an
// empty ticket. Allocates nothing. Thread-safe, like els_ticket_answered.
ELS_API els_status els_ticket_retry_after(const els_ticket* ticket,
                                          uint64_t wait_ns, uint64_t now_ns);

// Says that the request was never sent, or was given up. The request no longer
// counts as outstanding, and teaches nothing. For a ticket that is reported
// already the call changes nothing, not even late_finishes, so that a clean-up
// handler may always make it. Returns what els_ticket_finish does. Thread-safe,
// like els_ticket_answered.
ELS_API els_status els_ticket_drop(const els_ticket* ticket);

// -- What is known ------------------------------------------------------------

// The fields of els::BackendSnapshot. els/snapshot.h says what each means.
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
  double weight;
  uint64_t max_outstanding;
  double queue;
  int64_t answered;
  double work;
  double answered_work;
  double spared;
  double parallelism;
  uint64_t neutral;
  uint64_t cut;
  uint64_t retry_after_ns;
  uint64_t latency_deviation_ns;
  double crowding;
  double usual_others;       // Below 0 if there was no report.
  uint64_t since_report_ns;  // UINT64_MAX, likewise.
} els_backend_snapshot;

#define ELS_BACKEND_SNAPSHOT_INIT                                              \
  {                                                                            \
    sizeof(els_backend_snapshot), {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
  }

// All backends at one moment. No later call changes or frees a snapshot.
typedef struct els_snapshot els_snapshot;

// Takes a snapshot, which the caller must free. After an error *snapshot is
// null. The balancer does not change. O(backends). Thread-safe.
ELS_API els_status els_balancer_snapshot(const els_balancer* balancer,
                                         uint64_t now_ns,
                                         els_snapshot** snapshot);

// Returns the number of backends. Those of the set come first, in its order;
// then those that left it with requests outstanding. 0 for null. Thread-safe.
ELS_API size_t els_snapshot_size(const els_snapshot* snapshot);

// Writes the backend at `index` to *backend. The caller sets the struct_size of
// *backend. Fields that this library does not know become zero. Returns
// ELS_INVALID_ARGUMENT if `index` is not below els_snapshot_size. Thread-safe:
//   els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
//   for (size_t i = 0; i < els_snapshot_size(snapshot); ++i)
//     if (els_snapshot_get(snapshot, i, &backend) == ELS_OK) print(&backend);
ELS_API els_status els_snapshot_get(const els_snapshot* snapshot, size_t index,
                                    els_backend_snapshot* backend);

// Frees a snapshot. Null is allowed. Not thread-safe: no other call may use
// this snapshot during or after this one.
ELS_API void els_snapshot_free(els_snapshot* snapshot);

#ifdef __cplusplus
}  // extern "C"
#endif
