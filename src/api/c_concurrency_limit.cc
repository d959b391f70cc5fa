#include "els/c_concurrency_limit.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/concurrency_limit.h"
#include "src/api/c_call.h"
#include "src/api/c_struct_io.h"
#include "src/api/c_structs.h"

struct els_concurrency_limit {
  explicit els_concurrency_limit(const els::ConcurrencyLimitOptions& options)
      : limit(options) {}

  els::ConcurrencyLimit limit;
};

namespace els::internal {

// Turns an admission into plain data and back.
struct AdmissionInC {
  static els_admission Keep(Admission admission) {
    if (!admission) return {};
    admission.state_ = nullptr;
    return {.held = 1, .since_ns = admission.since_};
  }

  // Empties `kept`.
  static Admission Take(ConcurrencyLimit& limit, els_admission& kept) {
    const els_admission taken = std::exchange(kept, {});
    if (taken.held == 0) return {};
    return {limit.state_.get(), taken.since_ns};
  }
};

}  // namespace els::internal

using els::ConcurrencyLimitOptions;
using els::ConcurrencyLimitSnapshot;
using els::Duration;
using els::LimitReason;
using els::Priority;
using els::internal::AdmissionInC;
using els::internal::FromNanoseconds;
using els::internal::Guarded;
using els::internal::Message;
using els::internal::ToDuration;
using els::internal::ToNanoseconds;

namespace {

static_assert(static_cast<int>(Priority::kSheddable) == ELS_PRIORITY_SHEDDABLE);
static_assert(static_cast<int>(Priority::kCritical) == ELS_PRIORITY_CRITICAL);
static_assert(static_cast<int>(LimitReason::kLatency) ==
              ELS_LIMIT_REASON_LATENCY);

els_concurrency_limit_options ToC(const ConcurrencyLimitOptions& options) {
  els_concurrency_limit_options c = {};
  c.initial_limit = options.initial_limit;
  c.highest_limit = options.highest_limit;
  c.tolerance = options.tolerance;
  c.window_ns = ToNanoseconds(options.window);
  c.baseline_windows = options.baseline_windows;
  return c;
}

ConcurrencyLimitOptions FromC(const els_concurrency_limit_options& c) {
  return ConcurrencyLimitOptions{
      .initial_limit = c.initial_limit,
      .highest_limit = c.highest_limit,
      .tolerance = c.tolerance,
      .window = ToDuration(c.window_ns),
      .baseline_windows = c.baseline_windows,
  };
}

els_concurrency_limit_snapshot ToC(const ConcurrencyLimitSnapshot& snapshot) {
  els_concurrency_limit_snapshot c = {};
  c.limit = snapshot.limit;
  c.in_flight = snapshot.in_flight;
  c.reason = static_cast<els_limit_reason>(snapshot.reason);
  const auto to_ns = [](std::optional<Duration> duration) {
    return duration.has_value() ? ToNanoseconds(*duration) : UINT64_MAX;
  };
  c.baseline_ns = to_ns(snapshot.baseline);
  c.latency_ns = to_ns(snapshot.latency);
  c.admitted = snapshot.admitted;
  c.refused_sheddable = snapshot.refused[ELS_PRIORITY_SHEDDABLE];
  c.refused_normal = snapshot.refused[ELS_PRIORITY_NORMAL];
  c.refused_critical = snapshot.refused[ELS_PRIORITY_CRITICAL];
  return c;
}

// The values are not checked: Validate does that.
absl::StatusOr<ConcurrencyLimitOptions> Read(
    const els_concurrency_limit_options* given) {
  els_concurrency_limit_options known = ToC(ConcurrencyLimitOptions());
  const absl::Status status =
      els::internal::ReadStruct(given, "els_concurrency_limit_options", known);
  if (!status.ok()) return status;
  return FromC(known);
}

els::Priority ToPriority(els_priority priority) {
  switch (priority) {
    case ELS_PRIORITY_SHEDDABLE:
      return els::Priority::kSheddable;
    case ELS_PRIORITY_CRITICAL:
      return els::Priority::kCritical;
    default:
      return els::Priority::kNormal;
  }
}

}  // namespace

els_status els_concurrency_limit_options_init(
    els_concurrency_limit_options* options, size_t struct_size) {
  if (options == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    return Message().Explain(
        els::internal::WriteStruct(ToC(ConcurrencyLimitOptions()), struct_size,
                                   "els_concurrency_limit_options", options));
  });
}

els_status els_concurrency_limit_new(
    const els_concurrency_limit_options* options, els_concurrency_limit** limit,
    char* message, size_t message_size) {
  const Message out(message, message_size);
  if (limit == nullptr) return out.Refuse("limit is a null pointer");
  *limit = nullptr;
  return Guarded(out, [&] {
    ConcurrencyLimitOptions wanted;
    if (options != nullptr) {
      const absl::StatusOr<ConcurrencyLimitOptions> read = Read(options);
      if (!read.ok()) return out.Explain(read.status());
      wanted = *read;
    }
    const absl::Status status = wanted.Validate();
    if (status.ok()) *limit = new els_concurrency_limit(wanted);
    return out.Explain(status);
  });
}

void els_concurrency_limit_free(els_concurrency_limit* limit) { delete limit; }

int els_concurrency_limit_try_admit(els_concurrency_limit* limit,
                                    els_priority priority, uint64_t now_ns,
                                    els_admission* admission) {
  if (admission == nullptr) return 0;
  *admission = {};
  if (limit == nullptr) return 0;
  *admission = AdmissionInC::Keep(
      limit->limit.TryAdmit(FromNanoseconds(now_ns), ToPriority(priority)));
  return admission->held;
}

els_status els_admission_done(els_concurrency_limit* limit,
                              els_admission* admission, els_outcome outcome,
                              uint64_t now_ns) {
  const std::optional<els::Outcome> known = els::internal::ToOutcome(outcome);
  if (limit == nullptr || admission == nullptr || !known.has_value()) {
    return ELS_INVALID_ARGUMENT;
  }
  AdmissionInC::Take(limit->limit, *admission)
      .Done(*known, FromNanoseconds(now_ns));
  return ELS_OK;
}

els_status els_admission_drop(els_concurrency_limit* limit,
                              els_admission* admission) {
  if (limit == nullptr || admission == nullptr) return ELS_INVALID_ARGUMENT;
  const els::Admission dropped = AdmissionInC::Take(limit->limit, *admission);
  return ELS_OK;
}

els_status els_concurrency_limit_read(const els_concurrency_limit* limit,
                                      els_concurrency_limit_snapshot* snapshot,
                                      size_t struct_size) {
  if (limit == nullptr || snapshot == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    return Message().Explain(
        els::internal::WriteStruct(ToC(limit->limit.Snapshot()), struct_size,
                                   "els_concurrency_limit_snapshot", snapshot));
  });
}
