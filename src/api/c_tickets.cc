#include "src/api/c_tickets.h"

#include <atomic>
#include <utility>

namespace els::internal {
namespace {

// How many slots a table grows by. Even a quiet thread then has some free slots
// in line, so a request that is reported twice is likely to find its own slot
// unused.
constexpr int kGrowth = 64;

}  // namespace

CTickets& CTickets::Get() {
  static auto* const tickets = new CTickets;
  return *tickets;
}

std::size_t CTickets::ThisThreadsShard() {
  static std::atomic<std::size_t> threads = 0;
  // Relaxed: nothing matters but that threads get different numbers.
  thread_local const std::size_t shard =
      threads.fetch_add(1, std::memory_order_relaxed) % kShards;
  return shard;
}

CTickets::Slot* CTickets::Shard::Find(const els_ticket& ticket) {
  const std::uint64_t index = ticket.slot / kShards;
  if (index >= slots.size()) return nullptr;
  Slot& slot = slots[index];
  return slot.serial == ticket.serial ? &slot : nullptr;
}

void CTickets::Shard::Reserve() {
  if (first_free != kNone) return;
  for (int i = 0; i < kGrowth; ++i) {
    slots.emplace_back();
    PushFree(static_cast<std::uint32_t>(slots.size() - 1));
  }
}

void CTickets::Shard::PushFree(std::uint32_t index) {
  slots[index].next = kNone;
  if (first_free == kNone) {
    first_free = index;
  } else {
    slots[last_free].next = index;
  }
  last_free = index;
}

std::uint32_t CTickets::Shard::PopFree() {
  const std::uint32_t index = first_free;
  first_free = slots[index].next;
  return index;
}

PickFailure CTickets::Pick(Balancer& balancer, const void* owner, TimePoint now,
                           const Request& request, els_ticket& ticket) {
  const std::size_t shard_number = ThisThreadsShard();
  Shard& shard = shards_[shard_number];
  MutexLock lock(shard.mutex);
  // Before the pick: this may throw, and then no request is outstanding.
  shard.Reserve();
  Ticket picked = balancer.Pick(now, request);
  if (!picked) return picked.failure();
  const std::uint32_t index = shard.PopFree();
  Slot& slot = shard.slots[index];
  slot.ticket = std::move(picked);
  slot.owner = owner;
  slot.serial = ++shard.last_serial;
  slot.answered = false;
  ticket = {slot.ticket.tag(), std::uint64_t{index} * kShards + shard_number,
            slot.serial};
  return PickFailure::kNone;
}

els_id CTickets::Id(const els_ticket& ticket) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  const Slot* slot = shard.Find(ticket);
  if (slot == nullptr || !slot->ticket) return {nullptr, 0};
  const std::string_view id = slot->ticket.id();
  return {id.data(), id.size()};
}

els_status CTickets::Answered(const els_ticket& ticket, Outcome outcome,
                              TimePoint now) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  Slot* slot = shard.Find(ticket);
  if (slot == nullptr) return ELS_ALREADY_REPORTED;
  const bool first = slot->ticket && !slot->answered;
  // The ticket counts a second report, or ignores it if the ticket is empty.
  slot->ticket.Answered(outcome, now);
  slot->answered = true;
  return first ? ELS_OK : ELS_ALREADY_REPORTED;
}

els_status CTickets::Finish(const els_ticket& ticket, Outcome outcome,
                            TimePoint now) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  Slot* slot = shard.Find(ticket);
  if (slot == nullptr) return ELS_ALREADY_REPORTED;
  const bool outstanding = static_cast<bool>(slot->ticket);
  // The ticket counts a second report, or ignores it if the ticket is empty.
  slot->ticket.Finish(outcome, now);
  if (!outstanding) return ELS_ALREADY_REPORTED;
  if (slot->owner == nullptr) slot->ticket = Ticket();
  shard.PushFree(Index(ticket));
  return ELS_OK;
}

els_status CTickets::RetryAfter(const els_ticket& ticket, Duration wait,
                                TimePoint now) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  Slot* slot = shard.Find(ticket);
  if (slot == nullptr || !slot->ticket) return ELS_ALREADY_REPORTED;
  slot->ticket.RetryAfter(wait, now);
  return ELS_OK;
}

els_status CTickets::Report(const els_ticket& ticket, const ServerLoad& load) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  Slot* slot = shard.Find(ticket);
  if (slot == nullptr || !slot->ticket) return ELS_ALREADY_REPORTED;
  slot->ticket.Report(load);
  return ELS_OK;
}

els_status CTickets::Drop(const els_ticket& ticket) {
  Shard& shard = ShardOf(ticket);
  MutexLock lock(shard.mutex);
  Slot* slot = shard.Find(ticket);
  if (slot == nullptr || !slot->ticket) return ELS_ALREADY_REPORTED;
  slot->ticket = Ticket();
  shard.PushFree(Index(ticket));
  return ELS_OK;
}

void CTickets::Disown(const void* owner) {
  for (Shard& shard : shards_) {
    MutexLock lock(shard.mutex);
    for (Slot& slot : shard.slots) {
      if (slot.owner != owner) continue;
      slot.owner = nullptr;
      if (!slot.ticket) slot.ticket = Ticket();
    }
  }
}

}  // namespace els::internal
