#include "els/c_api.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "src/api/c_call.h"
#include "src/api/c_struct_io.h"
#include "src/api/c_structs.h"
#include "src/api/c_tickets.h"

namespace {

using els::Outcome;
using els::internal::CTickets;
using els::internal::FromNanoseconds;
using els::internal::Guarded;
using els::internal::Message;
using els::internal::ToOutcome;

// A request seldom names more ids than fit in line.
using Ids = absl::InlinedVector<std::string_view, 16>;

Ids ToIds(const els_id* given, std::size_t count) {
  Ids ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (given[i].data == nullptr) continue;  // No backend has an empty id.
    ids.emplace_back(given[i].data, given[i].size);
  }
  return ids;
}

bool IsEmpty(const els_ticket& ticket) { return ticket.serial == 0; }

// Checks the arguments and calls `report`: CTickets::Answered or
// CTickets::Finish.
els_status Report(const els_ticket* ticket, els_outcome outcome,
                  std::uint64_t now_ns,
                  els_status (CTickets::*report)(const els_ticket&, Outcome,
                                                 els::TimePoint)) {
  const std::optional<Outcome> known = ToOutcome(outcome);
  if (ticket == nullptr || !known) return ELS_INVALID_ARGUMENT;
  if (IsEmpty(*ticket)) return ELS_NO_BACKEND;
  return Guarded({}, [&] {
    return (CTickets::Get().*report)(*ticket, *known, FromNanoseconds(now_ns));
  });
}

}  // namespace

els_status els_options_init(els_options* options, size_t struct_size) {
  if (options == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    return Message().Explain(
        els::internal::WriteDefaults(options, struct_size));
  });
}

els_status els_balancer_new(const els_options* options, els_balancer** balancer,
                            char* message, size_t message_size) {
  const Message why(message, message_size);
  if (balancer == nullptr) return why.Refuse("balancer is a null pointer");
  *balancer = nullptr;
  return Guarded(why, [&] {
    els::Options known;
    if (options != nullptr) {
      const auto read = els::internal::ReadOptions(options);
      if (!read.ok()) return why.Explain(read.status());
      known = *read;
    }
    const absl::Status status = known.Validate();
    if (status.ok()) {
      *balancer = new els_balancer{els::Balancer(known)};
    }
    return why.Explain(status);
  });
}

void els_balancer_free(els_balancer* balancer) {
  if (balancer == nullptr) return;
  Guarded({}, [&] {
    CTickets::Get().Disown(balancer);
    return ELS_OK;
  });
  delete balancer;
}

els_status els_balancer_set_options(els_balancer* balancer,
                                    const els_options* options, uint64_t now_ns,
                                    char* message, size_t message_size) {
  const Message why(message, message_size);
  if (balancer == nullptr) return why.Refuse("balancer is a null pointer");
  if (options == nullptr) return why.Refuse("options is a null pointer");
  return Guarded(why, [&] {
    const auto read = els::internal::ReadOptions(options);
    if (!read.ok()) return why.Explain(read.status());
    return why.Explain(
        balancer->balancer.SetOptions(*read, FromNanoseconds(now_ns)));
  });
}

els_status els_balancer_set_backends(els_balancer* balancer,
                                     const els_backend* backends, size_t count,
                                     uint64_t now_ns, char* message,
                                     size_t message_size) {
  const Message why(message, message_size);
  if (balancer == nullptr) return why.Refuse("balancer is a null pointer");
  if (backends == nullptr && count > 0) {
    return why.Refuse("backends is a null pointer");
  }
  return Guarded(why, [&] {
    const auto read = els::internal::ReadBackends(backends, count);
    if (!read.ok()) return why.Explain(read.status());
    return why.Explain(
        balancer->balancer.SetBackends(*read, FromNanoseconds(now_ns)));
  });
}

els_status els_balancer_pick_for(els_balancer* balancer,
                                 const els_request* request, uint64_t now_ns,
                                 els_ticket* ticket,
                                 els_pick_failure* failure) {
  if (failure != nullptr) *failure = ELS_PICK_FAILURE_NONE;
  if (ticket == nullptr) return ELS_INVALID_ARGUMENT;
  *ticket = {};
  if (balancer == nullptr) return ELS_INVALID_ARGUMENT;
  const els_request nothing_known = ELS_REQUEST_INIT;
  return Guarded({}, [&] {
    const auto read = els::internal::ReadRequest(
        request == nullptr ? &nothing_known : request);
    if (!read.ok()) return Message().Explain(read.status());
    if ((read->avoid == nullptr && read->avoid_count > 0) ||
        (read->prefer == nullptr && read->prefer_count > 0)) {
      return ELS_INVALID_ARGUMENT;
    }
    const Ids avoid = ToIds(read->avoid, read->avoid_count);
    const Ids prefer = ToIds(read->prefer, read->prefer_count);
    const els::PickFailure failed = CTickets::Get().Pick(
        balancer->balancer, balancer, FromNanoseconds(now_ns),
        {.avoid = avoid,
         .prefer = prefer,
         .price = read->price,
         .work = read->work},
        *ticket);
    if (failure != nullptr) *failure = static_cast<els_pick_failure>(failed);
    return failed == els::PickFailure::kNone ? ELS_OK : ELS_NO_BACKEND;
  });
}

els_status els_balancer_pick(els_balancer* balancer, const els_id* avoid,
                             size_t avoid_count, uint64_t now_ns,
                             els_ticket* ticket) {
  els_request request = ELS_REQUEST_INIT;
  request.avoid = avoid;
  request.avoid_count = avoid_count;
  return els_balancer_pick_for(balancer, &request, now_ns, ticket, nullptr);
}

els_id els_ticket_id(const els_ticket* ticket) {
  els_id id = {nullptr, 0};
  if (ticket == nullptr || IsEmpty(*ticket)) return id;
  Guarded({}, [&] {
    id = CTickets::Get().Id(*ticket);
    return ELS_OK;
  });
  return id;
}

els_status els_ticket_answered(const els_ticket* ticket, els_outcome outcome,
                               uint64_t now_ns) {
  return Report(ticket, outcome, now_ns, &CTickets::Answered);
}

els_status els_ticket_finish(const els_ticket* ticket, els_outcome outcome,
                             uint64_t now_ns) {
  return Report(ticket, outcome, now_ns, &CTickets::Finish);
}

els_status els_ticket_retry_after(const els_ticket* ticket, uint64_t wait_ns,
                                  uint64_t now_ns) {
  if (ticket == nullptr) return ELS_INVALID_ARGUMENT;
  if (IsEmpty(*ticket)) return ELS_NO_BACKEND;
  return Guarded({}, [&] {
    return CTickets::Get().RetryAfter(
        *ticket, els::internal::ToDuration(wait_ns), FromNanoseconds(now_ns));
  });
}

els_status els_ticket_drop(const els_ticket* ticket) {
  if (ticket == nullptr) return ELS_INVALID_ARGUMENT;
  if (IsEmpty(*ticket)) return ELS_NO_BACKEND;
  return Guarded({}, [&] { return CTickets::Get().Drop(*ticket); });
}

els_status els_balancer_snapshot(const els_balancer* balancer, uint64_t now_ns,
                                 els_snapshot** snapshot) {
  if (snapshot == nullptr) return ELS_INVALID_ARGUMENT;
  *snapshot = nullptr;
  if (balancer == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    *snapshot =
        new els_snapshot{balancer->balancer.Snapshot(FromNanoseconds(now_ns))};
    return ELS_OK;
  });
}

size_t els_snapshot_size(const els_snapshot* snapshot) {
  return snapshot == nullptr ? 0 : snapshot->backends.size();
}

els_status els_snapshot_get(const els_snapshot* snapshot, size_t index,
                            els_backend_snapshot* backend) {
  if (snapshot == nullptr || backend == nullptr ||
      index >= snapshot->backends.size()) {
    return ELS_INVALID_ARGUMENT;
  }
  return Guarded({}, [&] {
    return Message().Explain(
        els::internal::WriteBackend(snapshot->backends[index], backend));
  });
}

void els_snapshot_free(els_snapshot* snapshot) { delete snapshot; }
