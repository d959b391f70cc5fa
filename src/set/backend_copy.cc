#include "src/set/backend_copy.h"

#include <utility>

namespace els::internal {

BackendCopy CopyOf(Record& record, const Moment& moment) {
  BackendCopy copy;
  // Makes room for the id without the lock, as that may allocate.
  std::size_t room = 0;
  const auto copied = [&] {
    const SpinLockHolder lock(record.lock);
    room = record.id().size();
    if (room > copy.id.capacity()) return false;
    copy.id = record.id();
    copy.evidence = record.evidence;
    copy.mishaps = record.details().mishaps;
    copy.tag = record.tag;
    copy.weight = record.details().weight;
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
  snapshot.weight = copy.weight;
  return snapshot;
}

}  // namespace els::internal
