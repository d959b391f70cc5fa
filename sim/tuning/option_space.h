#pragma once

// Which of the library's options are searched, where, and on what scale. Which
// there are and what they may be is asked of els/options_text.h, so that an
// option that is new is known here at once.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "els/options.h"

namespace els_sim {

// How the places of a range are spread over it.
enum class Scale {
  kLogarithmic,  // Times and factors: 1 is as far from 2 as 2 from 4.
  kLogit,        // Fractions: 0.1 is as far from 0.5 as 0.5 from 0.9.
  kLinear,       // Ranges that begin at 0, or fractions that end at 1.
};

// "logarithmic", "logit", "linear".
std::string_view ScaleText(Scale scale);

// A numeric option and the range that it is searched in. Durations are numbers
// of seconds here.
struct TunedOption {
  std::string name = {};
  bool is_duration = false;
  Scale scale = Scale::kLogarithmic;
  double low = 0;
  double high = 0;
  double start = 0;  // Where the search begins, within the range or not.
};

// A value for each option that is searched, in their order.
using Values = std::vector<double>;

// `text` is NAME=LOW..HIGH, such as latency_memory=0.5s..20s, or NAME alone for
// the range from an eighth of its value in `start` to eight times that, as far
// as the library takes it. An InvalidArgumentError, of one line, for a name
// that is no numeric option's, or a range that is none or not legal. The seed
// counts as none: it is what chance is made from.
absl::StatusOr<TunedOption> ParseTunedOption(std::string_view text,
                                             const els::Options& start);

// All numeric options but those that are 0 in `start`, of which no range
// follows. REQUIRES: start.Validate().ok().
std::vector<TunedOption> AllTunedOptions(const els::Options& start);

// The value at a place of the range, 0 being its low end and 1 its high one,
// rounded to three digits: what is finer cannot be told apart, and nobody wants
// to read it. REQUIRES: 0 <= place <= 1.
double ValueAt(const TunedOption& option, double place);

// The place of a value: about the inverse of ValueAt, and 0 or 1 for what is
// out of range.
double PlaceOf(const TunedOption& option, double value);

// `factor` times the value, or as near to that as the library takes it.
double Scaled(const TunedOption& option, double value, double factor,
              const els::Options& start);

// "2.5s", "0.25": as options files have it.
std::string ValueText(const TunedOption& option, double value);

// `start` with these values. Errors are ParseOptions'.
absl::StatusOr<els::Options> WithValues(const els::Options& start,
                                        absl::Span<const TunedOption> options,
                                        absl::Span<const double> values);

// "latency_memory=2.5s overdue_factor=3"
std::string ValuesText(absl::Span<const TunedOption> options,
                       absl::Span<const double> values);

}  // namespace els_sim
