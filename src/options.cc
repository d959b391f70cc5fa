#include "els/options.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

struct DurationField {
  const char* name;
  Duration Options::*field;
  Duration low;
  Duration high;
};

struct NumberField {
  const char* name;
  double Options::*field;
  double low;
  double high;
};

constexpr Duration kDay = hours(24);

constexpr DurationField kDurations[] = {
    {"initial_latency", &Options::initial_latency, nanoseconds(1), hours(1)},
    {"latency_memory", &Options::latency_memory, milliseconds(1), kDay},
    {"success_memory", &Options::success_memory, milliseconds(1), kDay},
    {"failure_cost_memory", &Options::failure_cost_memory, milliseconds(1),
     kDay},
    {"turn_memory", &Options::turn_memory, milliseconds(1), kDay},
    {"removed_memory", &Options::removed_memory, nanoseconds(0), kDay},
};

constexpr NumberField kNumbers[] = {
    {"latency_memory_picks", &Options::latency_memory_picks, 0, 1e6},
    {"success_memory_picks", &Options::success_memory_picks, 0, 1e6},
    {"success_memory_spread", &Options::success_memory_spread, 0, 0.9},
    {"prior_weight", &Options::prior_weight, 0.01, 100},
    {"unproven_factor", &Options::unproven_factor, 1, 100},
    {"failure_cost_factor", &Options::failure_cost_factor, 0, 100},
    {"overdue_factor", &Options::overdue_factor, 1, 1000},
    {"turn_limit", &Options::turn_limit, 0, 0.9},
    {"turn_slope", &Options::turn_slope, 0, 10},
    {"first_contact_limit", &Options::first_contact_limit, 1, 1e6},
};

absl::Status OutOfRange(const char* name, const std::string& value,
                        const std::string& low, const std::string& high) {
  return absl::InvalidArgumentError(absl::StrCat(
      name, " is ", value, "; it must be from ", low, " to ", high));
}

std::string Text(Duration duration) {
  return absl::FormatDuration(absl::FromChrono(duration));
}

}  // namespace

absl::Status Options::Validate() const {
  for (const DurationField& field : kDurations) {
    const Duration value = this->*field.field;
    if (value < field.low || value > field.high) {
      return OutOfRange(field.name, Text(value), Text(field.low),
                        Text(field.high));
    }
  }
  for (const NumberField& field : kNumbers) {
    const double value = this->*field.field;
    // Written so that NaN fails too.
    if (!(value >= field.low && value <= field.high)) {
      return OutOfRange(field.name, absl::StrCat(value),
                        absl::StrCat(field.low), absl::StrCat(field.high));
    }
  }
  switch (choice) {
    case Choice::kLowest:
    case Choice::kPowerOfTwo:
    case Choice::kWeightedRandom:
      return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("choice is ", static_cast<int>(choice),
                   "; it must be one of the values of els::Choice"));
}

}  // namespace els
