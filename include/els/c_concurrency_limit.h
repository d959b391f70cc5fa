#pragma once

// Bounds how many requests of one service are outstanding at once, for programs
// in C: els::ConcurrencyLimit of els/concurrency_limit.h, which says how.
//
//   els_concurrency_limit* limit;  // one per service
//   els_concurrency_limit_new(NULL, &limit, NULL, 0);
//
//   els_admission admission;
//   if (!els_concurrency_limit_try_admit(limit, ELS_PRIORITY_NORMAL, now_ns(),
//                                        &admission)) {
//     ... refuse the request ...
//   }
//   ... the request is sent, and answered ...
//   els_admission_done(limit, &admission, ELS_SUCCESS, now_ns());
//
// els/c_api.h says how structs grow, what times are, and what outcomes.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fields of els::ConcurrencyLimitOptions. els/concurrency_limit.h says what
// each means and trades. A message names window without its _ns.
typedef struct els_concurrency_limit_options {
  size_t struct_size;
  double initial_limit;     // 1 to 1,000,000
  double highest_limit;     // 1 to 1,000,000
  double tolerance;         // 1 to 10
  uint64_t window_ns;       // 10 ms to 1 min
  double baseline_windows;  // 1 to 100,000
} els_concurrency_limit_options;

// Writes the library's defaults and struct_size to *options. Thread-safe.
ELS_API els_status els_concurrency_limit_options_init(
    els_concurrency_limit_options* options, size_t struct_size);

typedef struct els_concurrency_limit els_concurrency_limit;

// Makes a limit that has learnt nothing. Null options are the defaults. After
// an error *limit is null. Thread-safe.
ELS_API els_status els_concurrency_limit_new(
    const els_concurrency_limit_options* options, els_concurrency_limit** limit,
    char* message, size_t message_size);

// Ends a limit. Null is allowed. Not thread-safe: no other call may use this
// limit during or after this one. What it has admitted and is not done needs no
// further call.
ELS_API void els_concurrency_limit_free(els_concurrency_limit* limit);

// How much it matters that a request is served, as els::Priority. Any other
// value counts as ELS_PRIORITY_NORMAL.
typedef int32_t els_priority;
enum {
  ELS_PRIORITY_SHEDDABLE = 0,
  ELS_PRIORITY_NORMAL = 1,
  ELS_PRIORITY_CRITICAL = 2
};

// The place of one request under a limit. Plain data, to be kept with the
// request. It may be copied, but only one of the copies may be given to
// els_admission_done or els_admission_drop. All zero is an empty admission.
typedef struct els_admission {
  int32_t held;      // Private.
  int64_t since_ns;  // Private.
} els_admission;

// Writes a place to *admission and returns 1. Returns 0 and writes an empty
// admission if as many requests are outstanding as this priority may have, and
// for a null limit. Returns 0 for a null admission. Allocates nothing.
// Thread-safe.
ELS_API int els_concurrency_limit_try_admit(els_concurrency_limit* limit,
                                            els_priority priority,
                                            uint64_t now_ns,
                                            els_admission* admission);

// Gives the place back, learns what els::Admission::Done does, and makes the
// admission empty. Does nothing for an empty admission. `limit` must be the one
// that admitted. Returns ELS_INVALID_ARGUMENT, and changes nothing, for a null
// pointer and for an outcome that is none. Allocates nothing. Thread-safe, but
// for calls with the same admission.
ELS_API els_status els_admission_done(els_concurrency_limit* limit,
                                      els_admission* admission,
                                      els_outcome outcome, uint64_t now_ns);

// The same for a request that was never sent: it teaches nothing.
ELS_API els_status els_admission_drop(els_concurrency_limit* limit,
                                      els_admission* admission);

// Why a limit is what it is, as els::LimitReason.
typedef int32_t els_limit_reason;
enum {
  ELS_LIMIT_REASON_INITIAL = 0,
  ELS_LIMIT_REASON_ROOM = 1,
  ELS_LIMIT_REASON_LATENCY = 2
};

// The fields of els::ConcurrencyLimitSnapshot.
typedef struct els_concurrency_limit_snapshot {
  size_t struct_size;
  double limit;
  uint32_t in_flight;
  els_limit_reason reason;
  uint64_t baseline_ns;  // UINT64_MAX before the first window has ended.
  uint64_t latency_ns;   // Likewise.
  uint64_t admitted;
  uint64_t refused_sheddable;
  uint64_t refused_normal;
  uint64_t refused_critical;
} els_concurrency_limit_snapshot;

// Writes what the limit knows to *snapshot, as large as struct_size says, which
// is set, too. Allocates nothing unless it refuses. Thread-safe.
ELS_API els_status els_concurrency_limit_read(
    const els_concurrency_limit* limit,
    els_concurrency_limit_snapshot* snapshot, size_t struct_size);

#ifdef __cplusplus
}  // extern "C"
#endif
