#include "src/record.h"

#include <utility>

namespace els::internal {

void Record::Reset(std::string new_id) {
  details() = {.id = std::move(new_id), .mishaps = {}};
  evidence = Evidence();
  // A relaxed store will do: nobody refers to the record.
  gone_.store(0, std::memory_order_relaxed);
  slot = kNoSlot;
  tag = 0;
}

Record* RecordPool::Take(std::string id) {
  if (free_.empty()) {
    chunks_.push_back(std::make_unique<Chunk>());
    for (std::size_t i = kChunk; i-- > 0;) {
      Record& record = chunks_.back()->records[i];
      record.place_ = static_cast<std::uint8_t>(i);
      free_.push_back(&record);
    }
  }
  Record* const record = free_.back();
  const SpinLockHolder lock(record->lock);
  record->Reset(std::move(id));
  free_.pop_back();
  return record;
}

}  // namespace els::internal
