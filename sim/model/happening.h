#pragma once

// What can happen in a simulation: the payload of its queue of events.

#include <cstdint>

namespace els_sim {

struct Happening {
  enum class Kind : std::uint32_t {
    kArrival,     // `what` is nothing: the next one that waits for no other.
    kAgain,       // A request of a user who has thought.
    kReach,       // An attempt reaches its server.
    kServed,      // What a server with slots has due: an attempt.
    kShared,      // What a server that shares itself has due; see Server.
    kRelease,     // A stream has ended at its server: `what`.
    kAnswer,      // The answer to an attempt reaches its access point.
    kFailure,     // Likewise, of a failed one.
    kNeutral,     // Likewise, one that says nothing of speed.
    kEnd,         // An answer that went on after its first byte is over.
    kTimeout,     // Of an attempt.
    kRetry,       // A request is sent again.
    kHedge,       // The delay of an attempt's hedge is over.
    kMembership,  // `what` is nothing.
  };
  Kind kind;
  std::uint32_t what = 0;
  std::uint32_t version = 0;  // Which of those that had this place, or are due.
};

}  // namespace els_sim
