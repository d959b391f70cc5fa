#include "src/set/record.h"

#include <cstring>

namespace els::internal {

void Record::Reset(std::string& id) {
  details().id.swap(id);
  details().mishaps = {};
  details().weight = 1;
  evidence = Evidence();
  // Relaxed, as nobody refers to the record.
  gone_.store(0, std::memory_order_relaxed);
  slot = kNoSlot;
  tag = 0;
}

void RecordPool::Return(Record* record) noexcept {
  const SpinLockHolder lock(record->lock);
  std::memcpy(&record->tag, &free_, sizeof(void*));
  free_ = record;
}

Record* RecordPool::Take(std::string id) {
  if (free_ == nullptr) {
    chunks_.push_back(std::make_unique<Chunk>());
    for (std::size_t i = kChunk; i-- > 0;) {
      Record& record = chunks_.back()->records[i];
      record.place_ = static_cast<std::uint8_t>(i);
      Return(&record);
    }
  }
  Record* const record = free_;
  const SpinLockHolder lock(record->lock);
  std::memcpy(&free_, &record->tag, sizeof(void*));
  record->Reset(id);
  return record;
}

std::uint64_t RecordPool::CloseAndCountReferences() {
  std::uint64_t total = 0;
  for (std::unique_ptr<Chunk>& chunk : chunks_) {
    std::uint64_t of_chunk = 0;
    for (Record& record : chunk->records) {
      std::string id;  // Freed once the lock is released.
      const SpinLockHolder lock(record.lock);
      const std::uint32_t references = record.BalancerIsGone();
      if (references == 0) record.details().id.swap(id);
      of_chunk += references;
    }
    if (of_chunk == 0) chunk = nullptr;
    total += of_chunk;
  }
  return total;
}

}  // namespace els::internal
