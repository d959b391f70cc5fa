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

// The backends that have left the set, and the records that may be used again.
// Not thread-safe.
class Membership {
 public:
  // Returns the record of a backend that has left and is still remembered.
  // Returns null if there is none.
  Record* Remembered(std::string_view id) const;

  // Forgets that a backend has left, as the backend returns. Returns when it
  // has left, in nanoseconds. REQUIRES: Remembered(id) is not null.
  std::int64_t Return(std::string_view id) noexcept;

  // Makes room for a call of Leave for each record, in this order. Those calls
  // then cannot fail. If this throws, nothing has changed that anybody could
  // see.
  void ReserveLeaves(const std::vector<Record*>& leaving);

  // Remembers a backend that has left the set, as the backend may return.
  // REQUIRES: the record's slot is kNoSlot, and ReserveLeaves has made room.
  void Leave(Record* record, std::int64_t now_ns) noexcept;

  // Forgets the backends that left longer ago than `memory_ns`. If more than
  // Balancer::kMaxBackends have left, forgets the first of them, too. The
  // records serve again once their tickets are gone. If this throws, some
  // backends may still be remembered, and some records not yet free. Amortised
  // O(backends that have left since the last call).
  void Forget(std::int64_t now_ns, std::int64_t memory_ns);

  // Calls `visit` with the record of each backend that has left and may have
  // requests outstanding.
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
    std::uint64_t number = 0;  // The number of the departure.
  };

  bool InUse(Record* record);
  void ForgetFirst();
  void RecycleSome();

  RecordPool pool_;

  // The first backend to leave comes first. Its departure has the number
  // first_departure_. From the number next_departure_ on there is only room.
  std::deque<Departed> departed_;
  std::uint64_t first_departure_ = 0;
  std::uint64_t next_departure_ = 0;
  // Not tables of Abseil's: a table of Abseil's that has failed to allocate
  // must not be used, nor destroyed.
  using Memories = std::unordered_map<std::string_view, Memory>;
  Memories remembered_;
  Memories leaving_;  // For those that room was made for.

  // The records of forgotten backends, until their tickets are found to be
  // gone.
  std::deque<Record*> forgotten_;
};

}  // namespace els::internal
