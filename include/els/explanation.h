#pragma once

// Why a backend was picked: plain data for a debug page or a test.

#include <cstdint>
#include <string>
#include <vector>

#include "els/options.h"
#include "els/snapshot.h"

namespace els {

// Why the pick was not another. Of several, the first that holds.
enum class PickReason {
  kOnlyOne,       // There was no other in the set.
  kByChance,      // Options::choice is not kLowest.
  kAvoided,       // Those that would have been picked were to be avoided.
  kFirstContact,  // It has not succeeded yet, and is tried.
  kTie,           // Another had the same expected latency.
  kBest,          // It had the lowest.
};

// "only one", "by chance", "avoided", "first contact", "tie", "best".
std::string ToString(PickReason reason);

// One pick, and what it was made from.
struct PickExplanation {
  std::uint64_t number = 0;  // Of the picks explained, from 1 on.
  TimePoint now = {};        // As Pick was told.
  PickReason reason = PickReason::kBest;

  // As they were just before the pick, with all terms: first the backend
  // picked, then those that would have come next, as far as
  // kExplainedCandidates goes.
  std::vector<BackendSnapshot> candidates;
};

inline constexpr int kExplainedCandidates = 4;

}  // namespace els
