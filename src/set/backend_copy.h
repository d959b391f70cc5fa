#pragma once

#include <string>

#include "els/snapshot.h"
#include "src/score/evidence.h"
#include "src/score/moment.h"
#include "src/set/record.h"

namespace els::internal {

// A copy of what is known of a backend at one moment.
struct BackendCopy {
  Evidence evidence;
  Mishaps mishaps;
  std::string id;
  std::uint64_t tag = 0;
  double weight = 1;
};

// Returns a copy of what the record holds, aged to the moment.
BackendCopy CopyOf(Record& record, const Moment& moment);
// Returns all fields but `removed`.
BackendSnapshot SnapshotOf(BackendCopy copy, const Moment& moment);

}  // namespace els::internal
