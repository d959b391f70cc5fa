#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "els/balancer.h"
#include "els/c_api.h"
#include "src/base/mutex.h"

namespace els::internal {

// Keeps the tickets of the C interface, and gives out plain data in their
// place: the number of a slot, and a serial number that no other ticket of that
// slot has. So a stale ticket is always found out. A slot lives as long as the
// process, since a stale ticket may name any slot. Thread-safe. els/c_api.h
// says what each call means and returns.
class CTickets {
 public:
  // The only instance. It is never destroyed.
  static CTickets& Get();

  // Leaves the ticket as it was unless it returns kNone. `owner` stands for the
  // balancer in Disown. Throws std::bad_alloc, and picks nothing, if there is
  // no memory for a slot.
  PickFailure Pick(Balancer& balancer, const void* owner, TimePoint now,
                   const Request& request, els_ticket& ticket);

  els_id Id(const els_ticket& ticket);
  els_status Answered(const els_ticket& ticket, Outcome outcome, TimePoint now);
  els_status Finish(const els_ticket& ticket, Outcome outcome, TimePoint now);
  els_status RetryAfter(const els_ticket& ticket, Duration wait, TimePoint now);
  els_status Report(const els_ticket& ticket, const ServerLoad& load);
  els_status Drop(const els_ticket& ticket);

  // Frees the reported tickets of `owner` now, and its other tickets as soon as
  // each is reported. O(slots).
  void Disown(const void* owner);

 private:
  static constexpr std::uint32_t kNone =
      std::numeric_limits<std::uint32_t>::max();

  struct Slot {
    // Kept after the request is finished, until the slot is needed again, so
    // that a second report can be counted.
    Ticket ticket;
    const void* owner = nullptr;  // Null once the balancer is gone.
    std::uint64_t serial = 0;
    std::uint32_t next = kNone;  // The next free slot, if this slot is free.
    bool answered = false;
  };

  // The slots that some of the threads pick into. Any thread may report a
  // ticket of any shard. The lock is held while a slot is used: a Ticket is not
  // itself thread-safe, and two threads may report the same one.
  struct alignas(64) Shard {
    // Returns null if the slot now has another ticket, or never had one.
    Slot* Find(const els_ticket& ticket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
    // Makes sure that a slot is free. Throws std::bad_alloc if it cannot.
    void Reserve() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
    void PushFree(std::uint32_t index) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
    // REQUIRES: a slot is free.
    std::uint32_t PopFree() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

    Mutex mutex;
    // A deque does not move its elements: an id is not valid after its ticket
    // was moved.
    std::deque<Slot> slots ABSL_GUARDED_BY(mutex);
    std::uint64_t last_serial ABSL_GUARDED_BY(mutex) = 0;
    // Free slots wait in line. The slot that was free for longest is used next.
    std::uint32_t first_free ABSL_GUARDED_BY(mutex) = kNone;
    std::uint32_t last_free ABSL_GUARDED_BY(mutex) = kNone;
  };

  // Enough for the threads of a large proxy to meet seldom.
  static constexpr std::size_t kShards = 32;

  CTickets() = default;

  static std::size_t ThisThreadsShard();
  static std::uint32_t Index(const els_ticket& ticket) {
    return static_cast<std::uint32_t>(ticket.slot / kShards);
  }
  Shard& ShardOf(const els_ticket& ticket) {
    return shards_[ticket.slot % kShards];
  }

  Shard shards_[kShards];
};

}  // namespace els::internal
