#pragma once

// What bounds the requests of an access point, as the simulation sees it. Each
// access point has a limiter of its own, beside its policy.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "els/concurrency_limit.h"
#include "els/random.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What a limiter is made from.
struct LimiterSetup {
  els::Random random;  // All of the limiter's randomness.
  els::ConcurrencyLimitOptions options = {};  // Of the library's.
};

class Limiter {
 public:
  virtual ~Limiter() = default;

  // The limiter's own number of an attempt that may be sent, which is given
  // back to it at Done. Empty: it is refused. `now` never steps back between
  // calls.
  virtual std::optional<std::uint32_t> TryAdmit(Time now,
                                                els::Priority priority) = 0;

  // How the attempt went. Called exactly once for each; with kCancelled if no
  // server was there to send it to.
  virtual void Done(std::uint32_t admitted, els::Outcome outcome,
                    Duration latency, Time now) = 0;
};

// An entry of the table of limiters.
struct LimiterInfo {
  std::string_view name;
  std::string_view description;
  std::unique_ptr<Limiter> (*make)(const LimiterSetup& setup);
};

// The library's, and those of others.
absl::Span<const LimiterInfo> Limiters();

// Null if there is none of this name.
const LimiterInfo* FindLimiter(std::string_view name);

// Comma-separated, for messages.
std::string KnownLimiters();

}  // namespace els_sim
