#pragma once

// Options as text for programs in C: a file of options, or the arguments of a
// proxy's directive. els/options_text.h has the syntax and the same for C++.
//
//   els_options options;
//   els_options_init(&options, sizeof options);
//   char why[200];
//   if (els_options_parse(&options, text, size, why, sizeof why) != ELS_OK)
//     log_error(why);  // line 3: turn_limit is "1.5"; it must be a number ...
//
// els/c_api.h says how structs grow, and how a message is written.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// Sets the fields of *options that the `size` bytes of `text` name, a line
// `name = value` for each. The other fields stay as they are. Returns
// ELS_INVALID_ARGUMENT, and leaves *options as it was, if a line or a value is
// wrong: the message names the line, and what is allowed. So does a field that
// was out of range before and is not mended. A null `text` is allowed if `size`
// is 0. Fields that the caller's shorter struct lacks are read and checked, but
// lost. Pure and thread-safe.
ELS_API els_status els_options_parse(els_options* options, const char* text,
                                     size_t size, char* message,
                                     size_t message_size);

#ifdef __cplusplus
}  // extern "C"
#endif
