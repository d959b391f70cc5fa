#include "src/set/backend_copy.h"

#include <utility>

namespace els::internal {

BackendCopy CopyOf(Record& record, const Moment& moment) {
  BackendCopy copy;
  // Room for the id is made without the lock.
  std::size_t room = 0;
  const auto copied = [&] {
    const SpinLockHolder lock(record.lock);
    room = record.id().size();
    if (room > copy.id.capacity()) return false;
    copy.id = record.id();
    copy.evidence = record.evidence;
    copy.mishaps = record.details().mishaps;
    copy.tag = record.tag;
    return true;
  };
  while (!copied()) copy.id.reserve(room);
  copy.evidence.CatchUp(moment);
  return copy;
}

BackendSnapshot SnapshotOf(BackendCopy copy, const Moment& moment) {
  BackendSnapshot snapshot = copy.evidence.Snapshot(moment, copy.mishaps);
  snapshot.id = std::move(copy.id);
  snapshot.tag = copy.tag;
  return snapshot;
}

}  // namespace els::internal
