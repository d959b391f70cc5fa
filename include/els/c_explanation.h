#pragma once

// Why backends were picked, for programs in C: plain data for a debug page.
//
//   els_balancer_explain(balancer, 100);  // from now on
//
//   els_explanations* kept;
//   if (els_balancer_explanations(balancer, &kept) != ELS_OK) return;
//   els_explanation pick = ELS_EXPLANATION_INIT;
//   for (size_t i = 0; i < els_explanations_size(kept); ++i)
//     if (els_explanations_get(kept, i, &pick) == ELS_OK)
//       print(els_pick_reason_text(pick.reason), pick.candidates);
//   els_explanations_free(kept);
//
// els/explanation.h has the same for C++. els/c_api.h says how structs grow.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// Why this backend was picked. Where several reasons hold, the first of them.
// els/explanation.h says when each holds.
typedef int32_t els_pick_reason;
enum {
  ELS_PICK_REASON_ONLY_ONE = 0,
  ELS_PICK_REASON_PREFERRED = 1,
  ELS_PICK_REASON_BY_CHANCE = 2,
  ELS_PICK_REASON_AVOIDED = 3,
  ELS_PICK_REASON_FIRST_CONTACT = 4,
  ELS_PICK_REASON_TIE = 5,
  ELS_PICK_REASON_BEST = 6
};

// Returns "only one", "preferred", "by chance", "avoided", "first contact",
// "tie" or "best", and "unknown" for any other value. The text lives as long as
// the process. Thread-safe.
ELS_API const char* els_pick_reason_text(els_pick_reason reason);

// From now on keeps an explanation of each of the latest `picks` picks. 0, as
// at first, keeps none and costs nothing. A pick that is explained costs some
// microseconds and allocates. If there is not enough memory, the pick is made
// all the same, and is not explained. Returns ELS_INVALID_ARGUMENT for a null
// balancer. Allocates nothing. Thread-safe.
ELS_API els_status els_balancer_explain(els_balancer* balancer, size_t picks);

// The explanations that were kept at one moment. No later call to the balancer
// changes or frees them.
typedef struct els_explanations els_explanations;

// One pick, and the candidates that it was made from.
typedef struct els_explanation {
  size_t struct_size;
  uint64_t number;  // Counts the picks explained, from 1 on.
  uint64_t now_ns;  // The argument of the pick, at most INT64_MAX.
  els_pick_reason reason;

  // At most four backends, with all terms, as they were just before the pick.
  // The backend picked comes first, then the backends that would have come
  // next. Valid until els_explanations_free; not to be freed on its own.
  const els_snapshot* candidates;
} els_explanation;

#define ELS_EXPLANATION_INIT \
  { sizeof(els_explanation), 0, 0, 0, 0 }

// Copies the explanations that are kept. The caller must free the copies. After
// an error *explanations is null. The balancer does not change.
// O(explanations). Thread-safe.
ELS_API els_status els_balancer_explanations(const els_balancer* balancer,
                                             els_explanations** explanations);

// Returns the number of explanations. 0 for null. Thread-safe.
ELS_API size_t els_explanations_size(const els_explanations* explanations);

// Writes the explanation at `index` to *explanation; the oldest pick has index
// 0. The caller sets the struct_size of *explanation. Fields that this library
// does not know become zero. Returns ELS_INVALID_ARGUMENT if `index` is not
// below els_explanations_size. Thread-safe.
ELS_API els_status els_explanations_get(const els_explanations* explanations,
                                        size_t index,
                                        els_explanation* explanation);

// Frees the explanations and their candidates. Null is allowed. Not
// thread-safe: no other call may use them during or after this one.
ELS_API void els_explanations_free(els_explanations* explanations);

#ifdef __cplusplus
}  // extern "C"
#endif
