#include "els/c_hedge_timer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/hedge_timer.h"
#include "src/api/c_call.h"
#include "src/api/c_struct_io.h"
#include "src/api/c_structs.h"

struct els_hedge_timer {
  explicit els_hedge_timer(const els::HedgeTimerOptions& options)
      : timer(options) {}

  els::HedgeTimer timer;
};

namespace els::internal {

// Turns a hedge into plain data and back.
struct HedgeInC {
  static els_hedge Keep(const Hedge& hedge) {
    const std::optional<Duration> delay = hedge.delay();
    return {
        .delay_ns = delay.has_value() ? ToNanoseconds(*delay) : UINT64_MAX,
        .key = hedge.key_,
        .since_ns = hedge.since_ns_,
        .open = hedge.state_ != nullptr ? 1 : 0,
    };
  }

  static Hedge Take(HedgeTimer& timer, const els_hedge& kept) {
    Hedge hedge;
    if (kept.open == 0) return hedge;
    hedge.state_ = timer.state_.get();
    hedge.key_ = kept.key;
    hedge.since_ns_ = kept.since_ns;
    if (kept.delay_ns != UINT64_MAX) {
      hedge.delay_ns_ = static_cast<std::int64_t>(kept.delay_ns);
    }
    return hedge;
  }
};

}  // namespace els::internal

using els::Hedge;
using els::HedgeTimerOptions;
using els::HedgeTimerSnapshot;
using els::internal::FromNanoseconds;
using els::internal::Guarded;
using els::internal::HedgeInC;
using els::internal::IsKey;
using els::internal::Message;
using els::internal::TextOf;
using els::internal::ToDuration;
using els::internal::ToNanoseconds;

namespace {

constexpr els_hedge kEmpty = ELS_HEDGE_INIT;
constexpr const char* kOptionsName = "els_hedge_timer_options";

els_hedge_timer_options ToC(const HedgeTimerOptions& options) {
  els_hedge_timer_options c = {};
  c.quantile = options.quantile;
  c.ratio = options.ratio;
  c.burst = options.burst;
  c.keys = options.keys;
  c.half_life_ns = ToNanoseconds(options.half_life);
  return c;
}

HedgeTimerOptions FromC(const els_hedge_timer_options& c) {
  return HedgeTimerOptions{
      .quantile = c.quantile,
      .ratio = c.ratio,
      .burst = c.burst,
      .keys = c.keys,
      .half_life = ToDuration(c.half_life_ns),
  };
}

std::uint64_t ToC(std::optional<els::Duration> delay) {
  return delay.has_value() ? ToNanoseconds(*delay) : UINT64_MAX;
}

els_hedge_timer_snapshot ToC(const HedgeTimerSnapshot& snapshot) {
  els_hedge_timer_snapshot c = {};
  c.delay_ns = ToC(snapshot.delay);
  c.delay_all_ns = ToC(snapshot.delay_all);
  c.latencies = snapshot.latencies;
  c.latencies_all = snapshot.latencies_all;
  c.budget = snapshot.budget;
  c.requests = snapshot.requests;
  c.hedges = snapshot.hedges;
  c.refused = snapshot.refused;
  return c;
}

// The values are not checked: Validate does that.
absl::StatusOr<HedgeTimerOptions> Read(const els_hedge_timer_options* given) {
  els_hedge_timer_options known = ToC(HedgeTimerOptions());
  const absl::Status status =
      els::internal::ReadStruct(given, kOptionsName, known);
  if (!status.ok()) return status;
  return FromC(known);
}

}  // namespace

els_status els_hedge_timer_options_init(els_hedge_timer_options* options,
                                        size_t struct_size) {
  if (options == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    return Message().Explain(els::internal::WriteStruct(
        ToC(HedgeTimerOptions()), struct_size, kOptionsName, options));
  });
}

els_status els_hedge_timer_new(const els_hedge_timer_options* options,
                               els_hedge_timer** timer, char* message,
                               size_t message_size) {
  const Message out(message, message_size);
  if (timer == nullptr) return out.Refuse("timer is a null pointer");
  *timer = nullptr;
  return Guarded(out, [&] {
    HedgeTimerOptions wanted;
    if (options != nullptr) {
      const absl::StatusOr<HedgeTimerOptions> read = Read(options);
      if (!read.ok()) return out.Explain(read.status());
      wanted = *read;
    }
    const absl::Status status = wanted.Validate();
    if (status.ok()) *timer = new els_hedge_timer(wanted);
    return out.Explain(status);
  });
}

void els_hedge_timer_free(els_hedge_timer* timer) { delete timer; }

els_status els_hedge_timer_start(els_hedge_timer* timer, els_id key,
                                 uint64_t now_ns, els_hedge* hedge) {
  if (hedge == nullptr) return ELS_INVALID_ARGUMENT;
  *hedge = kEmpty;
  if (timer == nullptr || !IsKey(key)) return ELS_INVALID_ARGUMENT;
  *hedge =
      HedgeInC::Keep(timer->timer.Start(TextOf(key), FromNanoseconds(now_ns)));
  return ELS_OK;
}

int els_hedge_try_send(els_hedge_timer* timer, els_hedge* hedge) {
  if (timer == nullptr || hedge == nullptr) return 0;
  Hedge taken = HedgeInC::Take(timer->timer, *hedge);
  if (!taken.TrySend()) return 0;
  *hedge = HedgeInC::Keep(taken);
  return 1;
}

els_status els_hedge_done(els_hedge_timer* timer, els_hedge* hedge,
                          els_outcome outcome, uint64_t now_ns) {
  const std::optional<els::Outcome> known = els::internal::ToOutcome(outcome);
  if (timer == nullptr || hedge == nullptr || !known.has_value()) {
    return ELS_INVALID_ARGUMENT;
  }
  const els_hedge kept = std::exchange(*hedge, kEmpty);
  HedgeInC::Take(timer->timer, kept).Done(*known, FromNanoseconds(now_ns));
  return ELS_OK;
}

els_status els_hedge_timer_read(const els_hedge_timer* timer, els_id key,
                                els_hedge_timer_snapshot* snapshot,
                                size_t struct_size) {
  if (timer == nullptr || snapshot == nullptr || !IsKey(key)) {
    return ELS_INVALID_ARGUMENT;
  }
  return Guarded({}, [&] {
    return Message().Explain(els::internal::WriteStruct(
        ToC(timer->timer.Snapshot(TextOf(key))), struct_size,
        "els_hedge_timer_snapshot", snapshot));
  });
}
