#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "els/retry_budget.h"
#include "examples/access_point/address.h"
#include "examples/access_point/picker.h"

namespace access_point {

// Both in PEM.
struct TlsFiles {
  std::string certificate;  // With the chain to its root, if any, after it.
  std::string key;

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// What the command line says; --help explains each.
struct Options {
  Address listen = {"127.0.0.1", 8080};
  std::vector<Address> backends = {};
  Policy policy = Policy::kEls;
  els::Duration timeout = std::chrono::seconds(1);
  els::Duration connect_timeout = std::chrono::milliseconds(500);
  els::RetryBudgetOptions retry_budget = {};
  // What a response of 4xx but 429 teaches: kNeutral or kSuccess.
  els::Outcome client_error = els::Outcome::kNeutral;
  // Of the middle of a request or of a response. nginx's default for the same
  // (client_header_timeout, client_body_timeout, send_timeout).
  els::Duration user_timeout = std::chrono::seconds(60);
  // Between requests. Browsers keep connections between pages for as long.
  els::Duration idle_timeout = std::chrono::seconds(60);
  // Protocols that keep connections open send something every half minute or so
  // for the sake of such limits; this must only tell a peer that has vanished.
  els::Duration tunnel_timeout = std::chrono::minutes(5);
  std::size_t max_idle = 64;
  // Users come through a balancer that says who they are.
  bool proxy_protocol = false;
  std::vector<TlsFiles> tls = {};  // Empty: users come without TLS.
  // Of all that comes before a request. A handshake takes two round trips, so
  // even one with packets lost ends in seconds.
  els::Duration handshake_timeout = std::chrono::seconds(10);
  // Besides what the limit on open files leaves room for.
  std::optional<std::size_t> max_connections = {};
  // None: the users of one network often share an address.
  std::optional<std::size_t> max_connections_per_user = {};
  // None: content is streamed, and so costs no memory.
  std::optional<std::uint64_t> max_body = {};
  unsigned threads = 1;
  std::uint64_t seed = 0;
  els::Options els = {};    // Of Policy::kEls; its seed is the one above.
  std::string record = {};  // A file; empty: none.
};

std::string HelpText();

// The options asked for, or nothing if help is. InvalidArgumentError, naming
// the flag and its value, for anything that the access point cannot run with.
absl::StatusOr<std::optional<Options>> ParseCommandLine(
    int argc, const char* const argv[]);

}  // namespace access_point
