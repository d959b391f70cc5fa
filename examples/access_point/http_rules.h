#pragma once

// What a proxy must know of HTTP, as plain functions of strings and numbers.

#include <string_view>

#include "els/balancer.h"

namespace access_point {

// Whether the field `name` concerns one connection only and must not be
// forwarded (RFC 9110, 7.6.1): one of the well-known ones, or named in the
// message's Connection field, whose value is `connection`. Host and
// Content-Length are never such, whatever Connection says: a message that lost
// them would mean something else to the next server.
bool IsHopByHop(std::string_view name, std::string_view connection);

// Whether a request that may already have reached a backend can be sent again
// without doing anything twice: a safe method (RFC 9110, 9.2.1) and no body,
// since a body is streamed and gone. PUT and DELETE are idempotent too, but a
// late first copy could undo what another user did meanwhile.
bool IsSafeToRepeat(std::string_view method, bool has_body);

// What a response's status teaches of the backend. A 429 and every 5xx is a
// failure. Any other 4xx is a `client_error`: kNeutral, as the user is to blame
// and the response may have come without the work of others; or kSuccess for a
// service of which such responses are ordinary answers, such as one that is
// asked whether something exists. All else is a success.
els::Outcome OutcomeOf(unsigned status, els::Outcome client_error);

}  // namespace access_point
