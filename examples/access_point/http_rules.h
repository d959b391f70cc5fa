#pragma once

// What a proxy must know of HTTP, as plain functions of strings and numbers.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "els/balancer.h"
#include "examples/access_point/body.h"
#include "examples/access_point/head.h"

namespace access_point {

// More than any server or browser names, and few enough to be compared with
// each field of a head at no cost.
inline constexpr std::size_t kMostConnectionOptions = 32;

// What the Connection fields of a message say.
struct ConnectionOptions {
  explicit ConnectionOptions(const Fields& fields);

  // Whether the field concerns this connection only, because an option names it
  // (RFC 9110, 7.6.1). Host and Content-Length never do: a message that lost
  // them would mean something else to the next server.
  bool Name(const Field& field) const;

  // The other options as one list, to be kept when the head is gone.
  std::string List() const;

  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
  bool too_many = false;
  std::vector<std::string_view> others;
};

// Whether the connection that a message came on can carry another after it.
bool StaysOpen(bool is_http10, const ConnectionOptions& options);

// The protocols of which a user asks the server to switch to one, as one list;
// empty if there are none to be passed on. There are none in a request with
// content, whose end could be taken for the beginning of the other protocol.
// Nor if one is h2c: the requests in it would not be seen by the access point.
std::string UpgradeOf(const RequestHead& head, const ConnectionOptions& options,
                      const Framing& framing);

// Whether the message has one Host field with a host in it, or none in HTTP/1.0
// (RFC 9112, 3.2).
bool HasGoodHost(const RequestHead& head);

// Whether the user says in TE that it takes trailer fields.
bool WantsTrailers(const Fields& fields);

// What to do about the Max-Forwards field (RFC 9110, 7.6.2), which counts for
// TRACE and OPTIONS.
struct MaxForwards {
  enum class Verdict { kNone, kPassOn, kAnswer, kMalformed };
  Verdict verdict = Verdict::kNone;
  std::size_t left = 0;  // Of kPassOn: after this server.
};
MaxForwards MaxForwardsOf(const RequestHead& head);

// Those of the trailer fields that may go on, as lines. Not those that would
// change how the message is framed, routed, authenticated or understood if the
// next server merged them into the head (RFC 9110, 6.5.1), nor those named in
// the list `connection_options` of the message's head.
std::string PassableTrailers(std::string_view lines,
                             std::string_view connection_options);

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

// How long a response asks its user to wait (RFC 9110, 10.2.3): a number of
// seconds, or a date, `now` being the present one. Empty if it does not say, or
// what it says makes no sense. Below 0 for a date in the past.
std::optional<els::Duration> RetryAfterOf(const Fields& fields, absl::Time now);

}  // namespace access_point
