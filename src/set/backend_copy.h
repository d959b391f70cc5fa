#pragma once

#include <string>

#include "els/snapshot.h"
#include "src/score/evidence.h"
#include "src/score/moment.h"
#include "src/set/record.h"

namespace els::internal {

// A backend as it was at one moment.
struct BackendCopy {
  Evidence evidence;
  Mishaps mishaps;
  std::string id;
  std::uint64_t tag = 0;
};

BackendCopy CopyOf(Record& record, const Moment& moment);
BackendSnapshot SnapshotOf(BackendCopy copy, const Moment& moment);

}  // namespace els::internal
