#include "src/api/c_structs.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/api/c_struct_io.h"

namespace els::internal {
namespace {

static_assert(static_cast<int>(Choice::kLowest) == ELS_CHOICE_LOWEST);
static_assert(static_cast<int>(Choice::kPowerOfTwo) == ELS_CHOICE_POWER_OF_TWO);
static_assert(static_cast<int>(Choice::kWeightedRandom) ==
              ELS_CHOICE_WEIGHTED_RANDOM);
static_assert(static_cast<int>(PickFailure::kNone) == ELS_PICK_FAILURE_NONE);
static_assert(static_cast<int>(PickFailure::kEmptySet) ==
              ELS_PICK_FAILURE_EMPTY_SET);
static_assert(static_cast<int>(PickFailure::kAllFull) ==
              ELS_PICK_FAILURE_ALL_FULL);
static_assert(static_cast<int>(PickReason::kOnlyOne) ==
              ELS_PICK_REASON_ONLY_ONE);
static_assert(static_cast<int>(PickReason::kPreferred) ==
              ELS_PICK_REASON_PREFERRED);
static_assert(static_cast<int>(PickReason::kByChance) ==
              ELS_PICK_REASON_BY_CHANCE);
static_assert(static_cast<int>(PickReason::kAvoided) ==
              ELS_PICK_REASON_AVOIDED);
static_assert(static_cast<int>(PickReason::kFirstContact) ==
              ELS_PICK_REASON_FIRST_CONTACT);
static_assert(static_cast<int>(PickReason::kTie) == ELS_PICK_REASON_TIE);
static_assert(static_cast<int>(PickReason::kBest) == ELS_PICK_REASON_BEST);
static_assert(kExplainedCandidates == 4, "els/c_explanation.h says four.");
static_assert(Balancer::kMaxBackends == ELS_MAX_BACKENDS);

els_options ToC(const Options& options) {
  els_options c = {};
  c.seed = options.seed;
  c.choice = static_cast<els_choice>(options.choice);
  c.initial_latency_ns = ToNanoseconds(options.initial_latency);
  c.latency_memory_ns = ToNanoseconds(options.latency_memory);
  c.latency_memory_picks = options.latency_memory_picks;
  c.success_memory_ns = ToNanoseconds(options.success_memory);
  c.success_memory_picks = options.success_memory_picks;
  c.success_memory_spread = options.success_memory_spread;
  c.prior_weight = options.prior_weight;
  c.unproven_factor = options.unproven_factor;
  c.failure_cost_factor = options.failure_cost_factor;
  c.failure_cost_memory_ns = ToNanoseconds(options.failure_cost_memory);
  c.overdue_factor = options.overdue_factor;
  c.turn_limit = options.turn_limit;
  c.turn_slope = options.turn_slope;
  c.turn_memory_ns = ToNanoseconds(options.turn_memory);
  c.first_contact_limit = options.first_contact_limit;
  c.removed_memory_ns = ToNanoseconds(options.removed_memory);
  c.trust_after_failure = options.trust_after_failure;
  c.outage_growth = options.outage_growth;
  c.answered_weight = options.answered_weight;
  c.parallelism = options.parallelism;
  c.turn_premium = options.turn_premium;
  c.queue_by_work = options.queue_by_work;
  c.tail = options.tail;
  return c;
}

Options FromC(const els_options& c) {
  return Options{
      .seed = c.seed,
      .choice = static_cast<Choice>(c.choice),
      .initial_latency = ToDuration(c.initial_latency_ns),
      .first_contact_limit = c.first_contact_limit,
      .answered_weight = c.answered_weight,
      .queue_by_work = c.queue_by_work,
      .tail = c.tail,
      .removed_memory = ToDuration(c.removed_memory_ns),
      .latency_memory = ToDuration(c.latency_memory_ns),
      .latency_memory_picks = c.latency_memory_picks,
      .success_memory = ToDuration(c.success_memory_ns),
      .success_memory_picks = c.success_memory_picks,
      .success_memory_spread = c.success_memory_spread,
      .trust_after_failure = c.trust_after_failure,
      .outage_growth = c.outage_growth,
      .prior_weight = c.prior_weight,
      .unproven_factor = c.unproven_factor,
      .failure_cost_factor = c.failure_cost_factor,
      .failure_cost_memory = ToDuration(c.failure_cost_memory_ns),
      .overdue_factor = c.overdue_factor,
      .turn_limit = c.turn_limit,
      .turn_premium = c.turn_premium,
      .turn_slope = c.turn_slope,
      .turn_memory = ToDuration(c.turn_memory_ns),
      .parallelism = c.parallelism,
  };
}

els_work_estimator_options ToC(const WorkEstimatorOptions& options) {
  els_work_estimator_options c = {};
  c.keys = options.keys;
  c.memory_ns = ToNanoseconds(options.memory);
  c.prior_weight = options.prior_weight;
  return c;
}

WorkEstimatorOptions FromC(const els_work_estimator_options& c) {
  return WorkEstimatorOptions{
      .keys = c.keys,
      .memory = ToDuration(c.memory_ns),
      .prior_weight = c.prior_weight,
  };
}

void CopyCounts(const BackendSnapshot& backend, els_backend_snapshot& c) {
  c.picks = backend.picks;
  c.successes = backend.successes;
  c.failures = backend.failures;
  c.timeouts = backend.timeouts;
  c.cancelled = backend.cancelled;
  c.neutral = backend.neutral;
  c.cut = backend.cut;
  c.dropped = backend.dropped;
  c.late_finishes = backend.late_finishes;
}

els_backend_snapshot ToC(const BackendSnapshot& backend) {
  els_backend_snapshot c = {};
  CopyCounts(backend, c);
  c.id = {backend.id.data(), backend.id.size()};
  c.tag = backend.tag;
  c.distance = backend.distance;
  c.removed = backend.removed ? 1 : 0;
  c.expected_latency_ns = ToNanoseconds(backend.expected_latency);
  c.latency_ns = ToNanoseconds(backend.latency);
  c.failure_cost_ns = ToNanoseconds(backend.failure_cost);
  c.success_rate = backend.success_rate;
  c.outstanding = backend.outstanding;
  c.overdue = backend.overdue;
  c.turn = backend.turn;
  c.failure_latency_ns = ToNanoseconds(backend.failure_latency);
  c.mean_age_ns = ToNanoseconds(backend.mean_age);
  c.share = backend.share;
  c.since_outcome_ns = backend.since_outcome.has_value()
                           ? ToNanoseconds(*backend.since_outcome)
                           : UINT64_MAX;
  c.weight = backend.weight;
  c.max_outstanding = backend.max_outstanding;
  c.queue = backend.queue;
  c.answered = backend.answered;
  c.work = backend.work;
  c.answered_work = backend.answered_work;
  c.spared = backend.spared;
  c.parallelism = backend.parallelism;
  c.retry_after_ns = ToNanoseconds(backend.retry_after);
  c.latency_deviation_ns = ToNanoseconds(backend.latency_deviation);
  c.crowding = backend.crowding;
  c.usual_others = backend.usual_others.value_or(-1);
  c.since_report_ns = backend.since_report.has_value()
                          ? ToNanoseconds(*backend.since_report)
                          : UINT64_MAX;
  return c;
}

Backend FromC(const els_backend& c) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return Backend{
      .id = std::string(c.id.data, c.id.size),
      .tag = c.tag,
      .distance = c.distance,
      .weight = c.weight == 0 ? 1 : c.weight,
      .max_outstanding =
          static_cast<std::uint32_t>(std::min(c.max_outstanding, kMost)),
  };
}

// Returns what the caller has given, and `defaults` for the other fields.
template <typename T, typename Struct>
absl::StatusOr<T> ReadOver(Struct defaults, const Struct* given,
                           absl::string_view name) {
  if (absl::Status status = ReadStruct(given, name, defaults); !status.ok()) {
    return status;
  }
  return FromC(defaults);
}

}  // namespace

std::optional<Outcome> ToOutcome(els_outcome outcome) {
  switch (outcome) {
    case ELS_SUCCESS:
      return Outcome::kSuccess;
    case ELS_FAILURE:
      return Outcome::kFailure;
    case ELS_TIMEOUT:
      return Outcome::kTimeout;
    case ELS_CANCELLED:
      return Outcome::kCancelled;
    case ELS_NEUTRAL:
      return Outcome::kNeutral;
    default:
      return std::nullopt;
  }
}

TimePoint FromNanoseconds(std::uint64_t now_ns) {
  return TimePoint(ToDuration(now_ns));
}

absl::StatusOr<Options> ReadOptions(const els_options* given) {
  return ReadOver<Options>(ToC(Options()), given, "els_options");
}

absl::StatusOr<WorkEstimatorOptions> ReadOptions(
    const els_work_estimator_options* given) {
  return ReadOver<WorkEstimatorOptions>(ToC(WorkEstimatorOptions()), given,
                                        "els_work_estimator_options");
}

absl::Status WriteOptions(const Options& options, els_options* written) {
  return WriteStruct(ToC(options), written->struct_size, "els_options",
                     written);
}

absl::Status WriteDefaults(els_options* options, std::size_t struct_size) {
  return WriteStruct(ToC(Options()), struct_size, "els_options", options);
}

absl::Status WriteDefaults(els_work_estimator_options* options,
                           std::size_t struct_size) {
  return WriteStruct(ToC(WorkEstimatorOptions()), struct_size,
                     "els_work_estimator_options", options);
}

absl::StatusOr<std::vector<Backend>> ReadBackends(const els_backend* given,
                                                  std::size_t count) {
  std::vector<Backend> backends;
  if (count == 0) return backends;
  if (count > Balancer::kMaxBackends) {
    return absl::InvalidArgumentError(absl::StrCat(
        count, " backends; at most ", Balancer::kMaxBackends, " are allowed"));
  }
  backends.reserve(count);
  // The elements of the array are as far apart as the caller's struct is large.
  const std::size_t size = given->struct_size;
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* at = reinterpret_cast<const els_backend*>(bytes + i * size);
    const std::string name = absl::StrCat("els_backend ", i);
    if (at->struct_size != size) {
      return absl::InvalidArgumentError(
          absl::StrCat("struct_size of ", name, " is ", at->struct_size,
                       "; it must be that of the first, which is ", size));
    }
    els_backend known = ELS_BACKEND_INIT;
    if (absl::Status status = ReadStruct(at, name, known); !status.ok()) {
      return status;
    }
    if (known.id.data == nullptr && known.id.size > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("backend ", i, " has an id that is a null pointer"));
    }
    backends.push_back(FromC(known));
  }
  return backends;
}

absl::StatusOr<els_request> ReadRequest(const els_request* given) {
  els_request known = ELS_REQUEST_INIT;
  if (absl::Status status = ReadStruct(given, "els_request", known);
      !status.ok()) {
    return status;
  }
  if (known.price == 0) known.price = Request().price;
  return known;
}

absl::Status WriteBackend(const BackendSnapshot& backend,
                          els_backend_snapshot* written) {
  return WriteStruct(ToC(backend), written->struct_size, "els_backend_snapshot",
                     written);
}

absl::Status WriteExplanation(const PickExplanation& explanation,
                              const els_snapshot* candidates,
                              els_explanation* written) {
  els_explanation c = ELS_EXPLANATION_INIT;
  c.number = explanation.number;
  c.now_ns = ToNanoseconds(explanation.now.time_since_epoch());
  c.reason = static_cast<els_pick_reason>(explanation.reason);
  c.candidates = candidates;
  return WriteStruct(c, written->struct_size, "els_explanation", written);
}

}  // namespace els::internal
