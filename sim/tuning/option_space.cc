#include "sim/tuning/option_space.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "els/options_text.h"
#include "els/portable_math.h"
#include "sim/model/absl_view.h"
#include "sim/model/virtual_time.h"

namespace els_sim {
namespace {

constexpr double kReach = 8;  // Of a default range, to both sides.

// A number or a duration, in seconds.
std::optional<double> ReadValue(absl::string_view text, bool is_duration) {
  double value = 0;
  if (!is_duration) {
    if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return {};
    return value;
  }
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) return {};
  value = absl::ToDoubleSeconds(duration);
  return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

// As PrintOptions has it.
struct Field {
  std::string name;
  std::string value;
};

std::vector<Field> FieldsOf(const els::Options& options) {
  std::vector<Field> fields;
  const std::string text = els::PrintOptions(options);
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(" = ", 1));
    fields.push_back({parts.first, parts.second});
  }
  return fields;
}

// Empty if it is not numeric.
std::optional<TunedOption> NumericOption(const Field& field) {
  if (field.name == "seed") return std::nullopt;
  TunedOption option = {.name = field.name};
  for (const bool is_duration : {false, true}) {
    const auto value = ReadValue(field.value, is_duration);
    if (!value.has_value()) continue;
    option.is_duration = is_duration;
    option.start = *value;
    return option;
  }
  return std::nullopt;
}

absl::StatusOr<TunedOption> FindOption(absl::string_view name,
                                       const els::Options& start) {
  std::vector<std::string> known;
  for (const Field& field : FieldsOf(start)) {
    auto option = NumericOption(field);
    if (!option.has_value()) continue;
    if (field.name == name) return *std::move(option);
    known.push_back(field.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no numeric option '", absl::CHexEscape(name),
                   "'; there are: ", absl::StrJoin(known, ", ")));
}

// What the library says to it.
absl::Status Legality(const TunedOption& option, absl::string_view value,
                      const els::Options& start) {
  absl::Status status =
      els::ParseOptions(absl::StrCat(option.name, " = ", value), start)
          .status();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StripPrefix(status.message(), "line 1: "));
}

bool IsLegal(const TunedOption& option, double value,
             const els::Options& start) {
  return Legality(option, ValueText(option, value), start).ok();
}

// The legal value that is nearest to `wanted`, found by halves: what is legal
// is an interval. REQUIRES: `legal` is.
double NearestLegal(const TunedOption& option, double legal, double wanted,
                    const els::Options& start) {
  if (IsLegal(option, wanted, start)) return wanted;
  constexpr int kHalves = 100;  // More than a double has bits.
  for (int i = 0; i < kHalves; ++i) {
    const double middle = legal + (wanted - legal) / 2;
    (IsLegal(option, middle, start) ? legal : wanted) = middle;
  }
  return legal;
}

void SetScale(TunedOption& option, const els::Options& start) {
  const bool is_fraction =
      !option.is_duration && option.high <= 1 && !IsLegal(option, 1.001, start);
  if (is_fraction) {
    const bool inner = option.low > 0 && option.high < 1;
    option.scale = inner ? Scale::kLogit : Scale::kLinear;
  } else {
    option.scale = option.low > 0 ? Scale::kLogarithmic : Scale::kLinear;
  }
}

void SetDefaultRange(TunedOption& option, const els::Options& start) {
  option.low = NearestLegal(option, option.start, option.start / kReach, start);
  option.high =
      NearestLegal(option, option.start, option.start * kReach, start);
  SetScale(option, start);
}

absl::Status SetRange(absl::string_view text, TunedOption& option,
                      const els::Options& start) {
  const std::vector<absl::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits("..", 1));
  if (ends.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", absl::CHexEscape(text), "' is no range LOW..HIGH, such as ",
        option.is_duration ? "0.5s..20s" : "0.5..4"));
  }
  for (const absl::string_view end : ends) {
    absl::Status legal = Legality(option, end, start);
    if (!legal.ok()) return legal;
  }
  option.low = *ReadValue(ends[0], option.is_duration);
  option.high = *ReadValue(ends[1], option.is_duration);
  if (!(option.low < option.high)) {
    return absl::InvalidArgumentError(
        absl::StrCat(option.name, "'s range is empty: ", ends[0],
                     " is not below ", ends[1]));
  }
  SetScale(option, start);
  return absl::OkStatus();
}

// Where the scale is linear.
double Stretched(Scale scale, double value) {
  switch (scale) {
    case Scale::kLogarithmic:
      return els::Log(value);
    case Scale::kLogit:
      return els::Log(value / (1 - value));
    case Scale::kLinear:
      break;
  }
  return value;
}

double Unstretched(Scale scale, double stretched) {
  switch (scale) {
    case Scale::kLogarithmic:
      return els::Exp(stretched);
    case Scale::kLogit:
      return 1 / (1 + els::Exp(-stretched));
    case Scale::kLinear:
      break;
  }
  return stretched;
}

double ThreeDigits(double value) {
  double rounded = value;
  if (!absl::SimpleAtod(absl::StrFormat("%.3g", value), &rounded)) return value;
  return rounded;
}

}  // namespace

std::string_view ScaleText(Scale scale) {
  switch (scale) {
    case Scale::kLogarithmic:
      return "logarithmic";
    case Scale::kLogit:
      return "logit";
    case Scale::kLinear:
      return "linear";
  }
  return "";
}

absl::StatusOr<TunedOption> ParseTunedOption(std::string_view text,
                                             const els::Options& start) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(AbslView(text), absl::MaxSplits('=', 1));
  auto option = FindOption(parts.front(), start);
  if (!option.ok()) return option;
  if (parts.size() == 2) {
    absl::Status set = SetRange(parts[1], *option, start);
    if (!set.ok()) return set;
    return option;
  }
  if (option->start == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(option->name,
                     " is 0, from which no range follows; give "
                     "one, as in ",
                     option->name, "=LOW..HIGH"));
  }
  SetDefaultRange(*option, start);
  return option;
}

std::vector<TunedOption> AllTunedOptions(const els::Options& start) {
  std::vector<TunedOption> options;
  for (const Field& field : FieldsOf(start)) {
    auto option = NumericOption(field);
    if (!option.has_value() || option->start == 0) continue;
    SetDefaultRange(*option, start);
    options.push_back(*std::move(option));
  }
  return options;
}

double ValueAt(const TunedOption& option, double place) {
  const double low = Stretched(option.scale, option.low);
  const double high = Stretched(option.scale, option.high);
  const double value = Unstretched(option.scale, low + place * (high - low));
  return std::clamp(ThreeDigits(value), option.low, option.high);
}

double PlaceOf(const TunedOption& option, double value) {
  if (value <= option.low) return 0;
  if (value >= option.high) return 1;
  const double low = Stretched(option.scale, option.low);
  const double high = Stretched(option.scale, option.high);
  return (Stretched(option.scale, value) - low) / (high - low);
}

double Scaled(const TunedOption& option, double value, double factor,
              const els::Options& start) {
  return NearestLegal(option, value, factor * value, start);
}

std::string ValueText(const TunedOption& option, double value) {
  if (option.is_duration) {
    return absl::FormatDuration(
        absl::Nanoseconds(std::round(value * kNanosecondsPerSecond)));
  }
  // As short as tells it from all others; with fewer digits than six, 10 is
  // 1e+01.
  for (int digits = 6; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    double read = 0;
    if (absl::SimpleAtod(text, &read) && read == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}

absl::StatusOr<els::Options> WithValues(const els::Options& start,
                                        absl::Span<const TunedOption> options,
                                        absl::Span<const double> values) {
  std::string text;
  for (std::size_t i = 0; i < options.size(); ++i) {
    absl::StrAppend(&text, options[i].name, " = ",
                    ValueText(options[i], values[i]), "\n");
  }
  return els::ParseOptions(text, start);
}

std::string ValuesText(absl::Span<const TunedOption> options,
                       absl::Span<const double> values) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < options.size(); ++i) {
    parts.push_back(
        absl::StrCat(options[i].name, "=", ValueText(options[i], values[i])));
  }
  return absl::StrJoin(parts, " ");
}

}  // namespace els_sim
