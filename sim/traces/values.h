#pragma once

// What the cells of recordings say of times, latencies and outcomes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "els/balancer.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// Nanoseconds of a unit. 0 stands for "as the cell is written".
inline constexpr std::int64_t kInUs = 1'000;
inline constexpr std::int64_t kInMs = 1'000'000;
inline constexpr std::int64_t kInS = 1'000'000'000;

// Whether the cell is how logs write that there is nothing: "", "-", "null".
bool IsAbsent(std::string_view cell);

struct Instant {
  Duration time = {};         // Since 1970, or since any start.
  bool whole_second = false;  // A timestamp that names no part of a second.
};

// Reads points in time. It remembers which form the latest one had, so that a
// file of one form is read fast. Not thread-safe.
class InstantParser {
 public:
  // Of a number of units that is 0 or more. With unit 0, a timestamp: one of
  // RFC 3339, of the logs of web servers (07/Oct/2024:15:59:12 +0000), and
  // their relatives, in UTC if they name no zone; or a number since 1970, whose
  // unit (s, ms, us, ns) is known by its size. Empty for anything else.
  std::optional<Instant> Parse(std::string_view cell, std::int64_t unit_ns);

 private:
  std::size_t latest_ = 0;
};

// A number of units, 0 or more; with unit 0, a number with a unit, such as
// 1.5ms. A latency of 0 is below what the clock of its log can tell: it counts
// as half of the cell's last digit, and at most as half a millisecond. Empty if
// it is none, or longer than a day.
std::optional<Duration> ParseLatency(std::string_view cell,
                                     std::int64_t unit_ns);

// A word (success, failure, timeout, cancelled, neutral, true, false, ok), or a
// status of HTTP: 504 is a timeout, 499 (of nginx: the user has left)
// cancelled, 429 and other 5xx a failure, other 4xx neutral, and what is below
// 100 (there was no answer) a failure, as are the errors that JMeter names
// instead. Success if it is absent. Empty for anything else.
std::optional<els::Outcome> ParseOutcome(std::string_view cell);

// What Envoy's response flags say, such as UT, and how HAProxy says that a
// session ended, such as sH--. Success if nothing is wrong with the attempt.
els::Outcome OutcomeOfFlags(std::string_view envoys);
els::Outcome OutcomeOfEnd(std::string_view haproxys);

// Of what two cells say of one attempt, what says more: cancelled, timeout,
// neutral, failure, success.
els::Outcome TheGraver(els::Outcome one, els::Outcome other);

}  // namespace els_sim
