#pragma once

// Estimates what a request costs relative to a typical one, for programs in C:
// els::WorkEstimator of els/work_estimator.h, which says how.
//
//   els_work_estimator* estimator;  // one per service
//   els_work_estimator_new(NULL, &estimator, NULL, 0);
//
//   els_request request = ELS_REQUEST_INIT;  // before the pick
//   request.work = els_work_estimator_work(estimator, route);
//   ... the request is sent, and answered ...
//   els_work_estimator_learn(estimator, route, seconds, now_ns());
//
// els/c_api.h says how structs grow, and what times are.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fields of els::WorkEstimatorOptions. els/work_estimator.h says what each
// means and trades. A message names memory without its _ns.
typedef struct els_work_estimator_options {
  size_t struct_size;
  uint64_t keys;        // 1 to 1,048,576
  uint64_t memory_ns;   // 1 ms to 1 day
  double prior_weight;  // 0.01 to 100
} els_work_estimator_options;

// Writes the library's defaults and struct_size to *options:
//   els_work_estimator_options options;
//   els_work_estimator_options_init(&options, sizeof options);
// Thread-safe.
ELS_API els_status els_work_estimator_options_init(
    els_work_estimator_options* options, size_t struct_size);

typedef struct els_work_estimator els_work_estimator;

// Makes an estimator that knows no key. Null options are the defaults. After an
// error *estimator is null. Thread-safe.
ELS_API els_status els_work_estimator_new(
    const els_work_estimator_options* options, els_work_estimator** estimator,
    char* message, size_t message_size);

// Ends an estimator. Null is allowed. Not thread-safe: no other call may use
// this estimator during or after this one.
ELS_API void els_work_estimator_free(els_work_estimator* estimator);

// Learns that a request with this key has cost `cost`, as
// els::WorkEstimator::Learn does. A cost that is negative, infinite or NaN is
// ignored. Returns ELS_INVALID_ARGUMENT for a null estimator, and for a key
// whose data is null and whose size is not 0. Allocates nothing. Thread-safe.
ELS_API els_status els_work_estimator_learn(els_work_estimator* estimator,
                                            els_id key, double cost,
                                            uint64_t now_ns);

// Returns the expected cost of a request with this key relative to that of a
// typical request, for els_request.work: from 1/4096 to 1e6, never NaN. Returns
// 1 for a key that is not known, and for what els_work_estimator_learn refuses.
// Allocates nothing. Thread-safe.
ELS_API double els_work_estimator_work(const els_work_estimator* estimator,
                                       els_id key);

#ifdef __cplusplus
}  // extern "C"
#endif
