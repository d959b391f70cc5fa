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

std::uint64_t RecordPool::CloseAndCountReferences() {
  std::uint64_t total = 0;
  for (std::unique_ptr<Chunk>& chunk : chunks_) {
    std::uint64_t of_chunk = 0;
    for (Record& record : chunk->records) {
      const SpinLockHolder lock(record.lock);
      const std::uint32_t references = record.BalancerIsGone();
      if (references == 0) record.details().id = std::string();
      of_chunk += references;
    }
    if (of_chunk == 0) chunk = nullptr;
    total += of_chunk;
  }
  return total;
}

}  // namespace els::internal
