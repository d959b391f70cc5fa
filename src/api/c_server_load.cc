#include "els/c_server_load.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/server_load.h"
#include "src/api/c_call.h"
#include "src/api/c_struct_io.h"
#include "src/api/c_tickets.h"

using els::ServerLoad;
using els::internal::CTickets;
using els::internal::Guarded;
using els::internal::IsKey;
using els::internal::Message;
using els::internal::TextOf;

namespace {

constexpr const char* kName = "els_server_load";

std::optional<double> FromC(double number) {
  if (number >= 0) return number;  // False for what is not a number.
  return std::nullopt;
}

ServerLoad FromC(const els_server_load& c) {
  return {.in_flight = FromC(c.in_flight),
          .utilization = FromC(c.utilization),
          .requests_per_second = FromC(c.requests_per_second),
          .errors_per_second = FromC(c.errors_per_second)};
}

els_server_load ToC(const ServerLoad& load) {
  els_server_load c = ELS_SERVER_LOAD_INIT;
  c.in_flight = load.in_flight.value_or(-1);
  c.utilization = load.utilization.value_or(-1);
  c.requests_per_second = load.requests_per_second.value_or(-1);
  c.errors_per_second = load.errors_per_second.value_or(-1);
  return c;
}

}  // namespace

int els_is_server_load_header(els_id name) {
  return IsKey(name) && els::IsServerLoadHeader(TextOf(name)) ? 1 : 0;
}

els_status els_server_load_parse(els_id name, els_id value,
                                 els_server_load* load, char* message,
                                 size_t message_size) {
  const Message out(message, message_size);
  if (load == nullptr) return out.Refuse("load is a null pointer");
  if (!IsKey(name) || !IsKey(value)) return out.Refuse("a text is null");
  return Guarded(out, [&] {
    const absl::StatusOr<ServerLoad> read =
        els::ParseServerLoad(TextOf(name), TextOf(value));
    if (absl::IsInvalidArgument(read.status())) {
      return out.Explain(read.status());
    }
    return out.Explain(els::internal::WriteStruct(
        ToC(read.value_or(ServerLoad())), load->struct_size, kName, load));
  });
}

els_status els_ticket_report(const els_ticket* ticket,
                             const els_server_load* load) {
  if (ticket == nullptr || load == nullptr) return ELS_INVALID_ARGUMENT;
  if (ticket->serial == 0) return ELS_NO_BACKEND;
  return Guarded({}, [&] {
    els_server_load known = ELS_SERVER_LOAD_INIT;
    const absl::Status read = els::internal::ReadStruct(load, kName, known);
    if (!read.ok()) return Message().Explain(read);
    return CTickets::Get().Report(*ticket, FromC(known));
  });
}
