#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "src/index/winner_tree.h"

namespace els::internal {

class Record;

// The set as picks see it: a word for each slot, the lowest of them, and whose
// slot it is.
class Index {
 public:
  explicit Index(std::size_t slots)
      : tree(slots), records_(new std::atomic<Record*>[slots]()) {}

  std::size_t slots() const { return tree.slots(); }

  // The record that has had the slot last, which may have left it by now. Null
  // if the index has no such slot, or no record has had it yet.
  Record* Find(std::size_t slot) const {
    return slot < slots() ? records_[slot].load(std::memory_order_acquire)
                          : nullptr;
  }

  // The record in a slot of the set. REQUIRES: whoever calls keeps the set from
  // changing.
  Record& RecordAt(std::size_t slot) const { return *Find(slot); }

  // Before its word is put.
  void SetRecord(std::size_t slot, Record* record) {
    // Release: whoever finds the record finds it made.
    records_[slot].store(record, std::memory_order_release);
  }

  WinnerTree tree;

 private:
  std::unique_ptr<std::atomic<Record*>[]> records_;
};

}  // namespace els::internal
