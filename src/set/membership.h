#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "els/options.h"
#include "src/set/record.h"

namespace els::internal {

// Who is in the set, who has left it, and whose record may be used again. Not
// thread-safe.
class Membership {
 public:
  // The record of a backend that has left and is still remembered; null if
  // there is none.
  Record* Remembered(std::string_view id) const;

  // Forgets that a backend has left, as it returns. REQUIRES: Remembered(id).
  void Return(std::string_view id) noexcept;

  // Makes room for Leave of each of them, in this order, which then cannot
  // fail. If this throws, nothing has changed that anybody could see.
  void ReserveLeaves(const std::vector<Record*>& leaving);

  // Remembers a backend that has left the set, as it may return. REQUIRES: its
  // slot is none, and ReserveLeaves has made room.
  void Leave(Record* record, std::int64_t now_ns) noexcept;

  // Forgets those that have left longer ago than `memory_ns`, and more if ever
  // new ones come; their records serve again once their tickets are gone. If
  // this throws, some are still remembered, or not yet to be used again.
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
    Record* record = nullptr;  // Null if it has returned, or is yet to leave.
    std::int64_t since_ns = 0;
  };
  struct Memory {
    Record* record = nullptr;
    std::uint64_t number = 0;  // Of the departure.
  };

  bool InUse(Record* record);
  void ForgetFirst();
  void RecycleSome();

  RecordPool pool_;

  // The first to leave comes first; its number is first_departure_. From number
  // next_departure_ on there is only room.
  std::deque<Departed> departed_;
  std::uint64_t first_departure_ = 0;
  std::uint64_t next_departure_ = 0;
  // Not of Abseil: its tables must not be used, nor destroyed, after they have
  // failed to allocate.
  using Memories = std::unordered_map<std::string_view, Memory>;
  Memories remembered_;
  Memories leaving_;  // Those reserved for.

  // Those that still have tickets.
  std::deque<Record*> forgotten_;
};

}  // namespace els::internal
