#pragma once

// What a server says of its own load, and how to read that from the headers in
// which servers say so:
//
//   for (const auto& [name, value] : response.headers) {
//     if (!els::IsServerLoadHeader(name)) continue;
//     const auto load = els::ParseServerLoad(name, value);
//     if (load.ok()) ticket.Report(*load);
//   }
//   ticket.Finish(outcome, Clock::now());
//
// Where there are many access points, each sees few of a server's requests.
// The server knows all of them. The caller reads headers of other names, and
// fills in a ServerLoad.
//
// The functions are pure and thread-safe, and never abort, whatever a server
// has sent. They allocate only to say what is wrong.

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace els {

// Every field is optional. Ticket::Report says what a balancer makes of them.
struct ServerLoad {
  // The requests that the server works at or keeps waiting, of all its clients.
  // The request that is being answered counts, or does not, at all servers
  // alike.
  std::optional<double> in_flight = {};

  // How busy the server is: 0 is idle, 1 is busy all the time. May be above 1.
  // By ORCA: its CPU, or what the application measures.
  std::optional<double> utilization = {};

  // How many requests the server has answered and failed in a second, of late.
  // This library ignores both. gRPC's weighted round robin uses them.
  std::optional<double> requests_per_second = {};
  std::optional<double> errors_per_second = {};
};

// A longer value is refused unread.
inline constexpr std::size_t kLongestServerLoad = 8192;

// Returns whether ParseServerLoad reads headers of this name, in any case.
bool IsServerLoadHeader(std::string_view name);

// Returns what the header `name: value` says. These headers are read:
//
//   endpoint-load-metrics   ORCA, as text or as JSON:
//                             TEXT cpu_utilization=0.3, named_metrics.rif=12
//                             JSON {"cpu_utilization": 0.3, "eps": 2}
//                           The text may have ':' instead of '='.
//   endpoint-load-metrics-json   ORCA, as JSON, with or without that word
//   x-prequal-rif           prequal-rs: the requests in flight
//   x-in-flight             libvmod-prequal: the same
//
// Of ORCA (xds.data.orca.v3.OrcaLoadReport) this is read:
//
//   utilization          application_utilization; if it is absent or 0,
//                        cpu_utilization
//   requests_per_second  rps_fractional
//   errors_per_second    eps
//   in_flight            named_metrics: rif, in_flight or requests_in_flight
//
// JSON may have those names in lowerCamelCase, too. Other metrics are passed
// over, but they must be well-formed. Every number is a JSON number.
//
// Returns an InvalidArgumentError, in one line of printable text, for a value
// that is longer than kLongestServerLoad, is cut off or malformed, nests more
// than 8 levels deep, or has a metric of those above that is given twice, is
// not a number, is below 0 or is beyond the range of a double. Returns an
// UnimplementedError for ORCA's binary form, and a NotFoundError for another
// header. A metric that is null is absent. O(length of the value).
absl::StatusOr<ServerLoad> ParseServerLoad(std::string_view name,
                                           std::string_view value);

}  // namespace els
