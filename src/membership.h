#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "els/options.h"
#include "src/record.h"

namespace els::internal {

// Who is in the set, who has left it, and whose record may be used again. Not
// thread-safe.
class Membership {
 public:
  // The slots of the set in the caller's order.
  std::vector<std::uint32_t> order;

  // The record of a backend that joins the set: what is remembered of it, or a
  // new one. REQUIRES: the id is not in the set.
  Record* Join(std::string_view id);

  // The backend has left the set, and may return. REQUIRES: its slot is none.
  void Leave(Record* record, std::int64_t now_ns);

  // Forgets those that have left longer ago than `memory_ns`, and more if ever
  // new ones come; their records serve again once their tickets are gone.
  // Amortised O(those that have left since).
  void Forget(std::int64_t now_ns, std::int64_t memory_ns);

  // Calls `visit` with the record of each that has left, and may have requests
  // outstanding.
  template <class Visit>
  void ForEachDeparted(Visit visit) const {
    for (Record* record : forgotten_) visit(*record);
    for (const Departed& departed : departed_) {
      if (departed.record != nullptr) visit(*departed.record);
    }
  }

  RecordPool& pool() { return pool_; }

 private:
  struct Departed {
    Record* record = nullptr;  // Null if it has returned.
    std::int64_t since_ns = 0;
  };
  struct Remembered {
    Record* record = nullptr;
    std::uint64_t number = 0;  // Of the departure.
  };

  bool InUse(Record* record);
  void ForgetFirst();
  void RecycleSome();

  RecordPool pool_;

  // The first to leave comes first; its number is first_departure_.
  std::deque<Departed> departed_;
  std::uint64_t first_departure_ = 0;
  absl::flat_hash_map<absl::string_view, Remembered> remembered_;

  // Those that still have tickets.
  std::deque<Record*> forgotten_;
};

}  // namespace els::internal
