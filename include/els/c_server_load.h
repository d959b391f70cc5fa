#pragma once

// What a server says of its own load, for programs in C: els::ServerLoad of
// els/server_load.h, and els::Ticket::Report.
//
//   els_server_load load = ELS_SERVER_LOAD_INIT;  // from a header of an answer
//   if (els_is_server_load_header(name) &&
//       els_server_load_parse(name, value, &load, NULL, 0) == ELS_OK)
//     els_ticket_report(&ticket, &load);
//   els_ticket_finish(&ticket, ELS_SUCCESS, now_ns());
//
// els/c_api.h says how structs grow.

#include "els/c_api.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fields of els::ServerLoad. A number below 0, or not a number, is absent.
typedef struct els_server_load {
  size_t struct_size;
  double in_flight;
  double utilization;
  double requests_per_second;
  double errors_per_second;
} els_server_load;
#define ELS_SERVER_LOAD_INIT \
  { sizeof(els_server_load), -1, -1, -1, -1 }

// Returns 1 if els_server_load_parse reads headers of this name, in any case;
// else 0. Thread-safe.
ELS_API int els_is_server_load_header(els_id name);

// Writes all that the header `name: value` says to *load, whose struct_size the
// caller sets. Every field is absent if the header has another name, or has
// ORCA's binary form. Returns ELS_INVALID_ARGUMENT, and leaves *load as it was,
// for a value that els::ParseServerLoad refuses; the message says why.
// Allocates only to say what is wrong. Thread-safe.
ELS_API els_status els_server_load_parse(els_id name, els_id value,
                                         els_server_load* load, char* message,
                                         size_t message_size);

// Says what the server has told of its load in its answer to this request, as
// els::Ticket::Report does. Call it before els_ticket_answered or
// els_ticket_finish. Returns ELS_ALREADY_REPORTED, and changes nothing, after
// the ticket is finished or dropped; ELS_NO_BACKEND for an empty ticket.
// Allocates nothing unless it refuses. Thread-safe, like els_ticket_answered.
ELS_API els_status els_ticket_report(const els_ticket* ticket,
                                     const els_server_load* load);

#ifdef __cplusplus
}  // extern "C"
#endif
