#pragma once

// Why a backend was picked: plain data for a debug page or a test.

#include <cstdint>
#include <string>
#include <vector>

#include "els/options.h"
#include "els/snapshot.h"

namespace els {

// Why this backend was picked. Where several reasons hold, the first of them.
enum class PickReason {
  kOnlyOne,       // The set had no other backend.
  kPreferred,     // Request::prefer has it, and it was not too dear.
  kByChance,      // Options::choice is not kLowest.
  kAvoided,       // The backends that came before it were to be avoided.
  kFirstContact,  // It has not succeeded yet, and is tried.
  kTie,           // Another backend had the same expected latency.
  kBest,          // It had the lowest expected latency.
};

// Returns "only one", "preferred", "by chance", "avoided", "first contact",
// "tie" or "best".
std::string ToString(PickReason reason);

// One pick, and the candidates that it was made from.
struct PickExplanation {
  std::uint64_t number = 0;  // Counts the picks explained, from 1 on.
  TimePoint now = {};        // The argument of Pick.
  PickReason reason = PickReason::kBest;

  // At most kExplainedCandidates backends, with all terms, as they were just
  // before the pick. The backend picked comes first, then the backends that
  // would have come next.
  std::vector<BackendSnapshot> candidates;
};

inline constexpr int kExplainedCandidates = 4;

}  // namespace els
