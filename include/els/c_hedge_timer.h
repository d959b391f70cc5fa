#pragma once

// Says when a second attempt of the same request pays, for programs in C:
// els::HedgeTimer of els/hedge_timer.h, which says how.
//
//   els_hedge_timer* timer;  // one per service
//   els_hedge_timer_new(NULL, &timer, NULL, 0);
//
//   els_hedge hedge;  // one for each request
//   els_hedge_timer_start(timer, route, now_ns(), &hedge);
//   ... the request is sent, and a timer set to hedge.delay_ns, unless that is
//   UINT64_MAX; the timer fires before an answer:
//   if (els_hedge_try_send(timer, &hedge)) {
//     ... pick a backend, avoid the first one, and send the request again ...
//   }
//   ... one of the two answers; the ticket of the other one is finished with
//   ELS_CANCELLED:
//   els_hedge_done(timer, &hedge, ELS_SUCCESS, now_ns());
//
// els/c_api.h says how structs grow, what times are, and what outcomes.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fields of els::HedgeTimerOptions. els/hedge_timer.h says what each means
// and trades. A message names half_life without its _ns.
typedef struct els_hedge_timer_options {
  size_t struct_size;
  double quantile;        // 0.5 to 0.999
  double ratio;           // 0 to 1
  double burst;           // 1 to 1000
  uint64_t keys;          // 1 to 65,536
  uint64_t half_life_ns;  // 10 ms to 1 day
} els_hedge_timer_options;

// Writes the library's defaults and struct_size to *options. Thread-safe.
ELS_API els_status els_hedge_timer_options_init(
    els_hedge_timer_options* options, size_t struct_size);

typedef struct els_hedge_timer els_hedge_timer;

// Makes a timer that has learnt nothing. Null options are the defaults. After
// an error *timer is null. Thread-safe.
ELS_API els_status els_hedge_timer_new(const els_hedge_timer_options* options,
                                       els_hedge_timer** timer, char* message,
                                       size_t message_size);

// Ends a timer. Null is allowed. Not thread-safe: no other call may use this
// timer during or after this one. Hedges that are not done need no further
// call.
ELS_API void els_hedge_timer_free(els_hedge_timer* timer);

// One request of a timer. Plain data, to be kept with the request. It may be
// copied, but only one of the copies may be used. els_hedge_timer_start makes
// one; with ELS_HEDGE_INIT it is empty.
typedef struct els_hedge {
  // How long after the start the hedge is to be sent. UINT64_MAX if too little
  // is known for that yet, or if the request has had its hedge or is done.
  uint64_t delay_ns;
  uint64_t key;      // Private.
  int64_t since_ns;  // Private.
  int32_t open;      // Private.
} els_hedge;
#define ELS_HEDGE_INIT \
  { UINT64_MAX, 0, 0, 0 }

// Begins a request, and adds its part to the budget, as els::HedgeTimer::Start
// does. Returns ELS_INVALID_ARGUMENT, and writes an empty hedge, for a null
// timer, and for a key whose data is null and whose size is not 0. Allocates
// nothing. Thread-safe.
ELS_API els_status els_hedge_timer_start(els_hedge_timer* timer, els_id key,
                                         uint64_t now_ns, els_hedge* hedge);

// Returns 1 if the hedge may be sent, which spends it; else 0, also for a null
// pointer. els::Hedge::TrySend says when. `timer` must be the one that started
// the request. Allocates nothing. Thread-safe, but for calls with the same
// hedge.
ELS_API int els_hedge_try_send(els_hedge_timer* timer, els_hedge* hedge);

// The request, and not just one of its attempts, is answered or given up.
// Learns what els::Hedge::Done does, and makes the hedge empty. Does nothing
// for an empty hedge. Returns ELS_INVALID_ARGUMENT, and changes nothing, for a
// null pointer and for an outcome that is none. Allocates nothing. Thread-safe,
// but for calls with the same hedge.
ELS_API els_status els_hedge_done(els_hedge_timer* timer, els_hedge* hedge,
                                  els_outcome outcome, uint64_t now_ns);

// The fields of els::HedgeTimerSnapshot.
typedef struct els_hedge_timer_snapshot {
  size_t struct_size;
  uint64_t delay_ns;      // UINT64_MAX if there is none.
  uint64_t delay_all_ns;  // Likewise.
  double latencies;
  double latencies_all;
  double budget;
  uint64_t requests;
  uint64_t hedges;
  uint64_t refused;
} els_hedge_timer_snapshot;

// Writes what the timer knows of the key to *snapshot, as large as struct_size
// says, which is set, too. Allocates nothing unless it refuses. Thread-safe.
ELS_API els_status els_hedge_timer_read(const els_hedge_timer* timer,
                                        els_id key,
                                        els_hedge_timer_snapshot* snapshot,
                                        size_t struct_size);

#ifdef __cplusplus
}  // extern "C"
#endif
