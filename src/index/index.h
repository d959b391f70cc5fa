#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "src/index/id_table.h"
#include "src/index/winner_tree.h"

namespace els::internal {

class Record;

// The set as picks see it: a word for each slot, the lowest word of all, the
// record that has each slot, and the slot that has each id.
class Index {
 public:
  explicit Index(std::size_t slots)
      : tree(slots), ids(slots), records_(new std::atomic<Record*>[slots]()) {}

  std::size_t slots() const { return tree.slots(); }

  // Returns the record that had the slot last. That record may have left the
  // slot by now. Returns null if the index has no such slot, or no record has
  // had it yet.
  Record* Find(std::size_t slot) const {
    return slot < slots() ? records_[slot].load(std::memory_order_acquire)
                          : nullptr;
  }

  // Returns the record in a slot of the set. REQUIRES: the slot is in use, and
  // the caller keeps the set from changing.
  Record& RecordAt(std::size_t slot) const { return *Find(slot); }

  // Comes before the record's word is put.
  void SetRecord(std::size_t slot, Record* record) {
    // Release: a thread that finds the record finds it complete.
    records_[slot].store(record, std::memory_order_release);
  }

  WinnerTree tree;
  IdTable ids;

 private:
  std::unique_ptr<std::atomic<Record*>[]> records_;
};

}  // namespace els::internal
