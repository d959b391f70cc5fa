#pragma once

// The only table of the fields of Options: their names, their ranges and the
// names of their values. Options::Validate, ParseOptions and PrintOptions use
// it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <variant>

#include "els/options.h"
#include "src/base/range.h"

namespace els::internal {

template <class T>
struct RangedField {
  T Options::*member = nullptr;
  Range<T> range = {};
};
using IntegerField = RangedField<std::uint64_t>;
using NumberField = RangedField<double>;
using DurationField = RangedField<Duration>;

struct ChoiceField {
  Choice Options::*member = nullptr;
};

struct OptionField {
  const char* name;
  std::variant<IntegerField, NumberField, DurationField, ChoiceField> kind;
};

struct ChoiceName {
  Choice choice;
  const char* name;
};

inline constexpr ChoiceName kChoiceNames[] = {
    {Choice::kLowest, "lowest"},
    {Choice::kPowerOfTwo, "power-of-two"},
    {Choice::kWeightedRandom, "weighted-random"},
};

inline constexpr Range<Duration> kLatencies = {std::chrono::nanoseconds(1),
                                               std::chrono::hours(1)};
inline constexpr Range<Duration> kMemories = {std::chrono::milliseconds(1),
                                              std::chrono::hours(24)};
inline constexpr Range<Duration> kAbsences = {Duration::zero(),
                                              std::chrono::hours(24)};
inline constexpr Range<double> kPicks = {0, 1e6};

// In the order in which Options declares its fields.
inline constexpr OptionField kOptionFields[] = {
    {"seed", IntegerField{&Options::seed, {0, UINT64_MAX}}},
    {"choice", ChoiceField{&Options::choice}},
    {"initial_latency", DurationField{&Options::initial_latency, kLatencies}},
    {"first_contact_limit",
     NumberField{&Options::first_contact_limit, {1, 1e6}}},
    {"answered_weight", NumberField{&Options::answered_weight, {0, 1}}},
    {"queue_by_work", NumberField{&Options::queue_by_work, {0, 1}}},
    {"tail", NumberField{&Options::tail, {0, 10}}},
    {"removed_memory", DurationField{&Options::removed_memory, kAbsences}},
    {"latency_memory", DurationField{&Options::latency_memory, kMemories}},
    {"latency_memory_picks",
     NumberField{&Options::latency_memory_picks, kPicks}},
    {"success_memory", DurationField{&Options::success_memory, kMemories}},
    {"success_memory_picks",
     NumberField{&Options::success_memory_picks, kPicks}},
    {"success_memory_spread",
     NumberField{&Options::success_memory_spread, {0, 0.9}}},
    {"trust_after_failure", NumberField{&Options::trust_after_failure, {0, 1}}},
    {"outage_growth", NumberField{&Options::outage_growth, {0, 10}}},
    {"prior_weight", NumberField{&Options::prior_weight, {0.01, 100}}},
    {"unproven_factor", NumberField{&Options::unproven_factor, {1, 100}}},
    {"failure_cost_factor",
     NumberField{&Options::failure_cost_factor, {0, 100}}},
    {"failure_cost_memory",
     DurationField{&Options::failure_cost_memory, kMemories}},
    {"overdue_factor", NumberField{&Options::overdue_factor, {1, 1000}}},
    {"turn_limit", NumberField{&Options::turn_limit, {0, 0.9}}},
    {"turn_premium", NumberField{&Options::turn_premium, {0, 0.9}}},
    {"turn_slope", NumberField{&Options::turn_slope, {0, 10}}},
    {"turn_memory", DurationField{&Options::turn_memory, kMemories}},
    {"parallelism", NumberField{&Options::parallelism, {0, 1}}},
};

// Returns how many fields the aggregate T has, which is how many initialisers
// it takes.
struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): that is the point
};
template <class T, class... Fields>
consteval std::size_t FieldCount() {
  if constexpr (requires { T{Fields{}..., Anything{}}; }) {
    return FieldCount<T, Fields..., Anything>();
  } else {
    return sizeof...(Fields);
  }
}
static_assert(std::size(kOptionFields) == FieldCount<Options>(),
              "kOptionFields needs one line for each field of Options");

}  // namespace els::internal
