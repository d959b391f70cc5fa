#include "sim/traces/values.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "sim/files/checker.h"
#include "sim/files/duration_text.h"
#include "sim/model/absl_view.h"

namespace els_sim {
namespace {

using els::Outcome;

// Two centuries since 1970, in which every Duration has room.
constexpr double kMostNs = 6.3e18;

constexpr const char* kForms[] = {
    absl::RFC3339_full,
    "%d/%b/%Y:%H:%M:%E*S %z",  // nginx and Apache.
    "%d/%b/%Y:%H:%M:%E*S",     // HAProxy.
    "%Y-%m-%dT%H:%M:%E*S",    "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S%Ez",
    "%Y-%m-%d %H:%M:%E*S %z", "%Y/%m/%d %H:%M:%E*S",
    "%a %b %d %H:%M:%S %Y",  // ab.
};

const char* NameOf(std::int64_t unit_ns) {
  if (unit_ns == kInS) return "s";
  if (unit_ns == kInMs) return "ms";
  return unit_ns == kInUs ? "us" : "ns";
}

// Decimals are exact to the nanosecond, which seconds since 1970 would not be
// as a double.
std::optional<Duration> TimeIn(std::string_view text, std::int64_t unit_ns) {
  const auto exact =
      ParseDuration(absl::StrCat(AbslView(text), NameOf(unit_ns)));
  if (exact.has_value()) return exact;
  double number = 0;
  if (!absl::SimpleAtod(AbslView(text), &number)) return std::nullopt;
  const double ns = number * static_cast<double>(unit_ns);
  if (!(ns >= 0 && ns <= kMostNs)) return std::nullopt;
  return Duration(std::llround(ns));
}

// Of a number since 1970: now is 1.7e9 s, and no log is of before 1973.
std::optional<std::int64_t> UnitOfEpoch(double number) {
  if (!(number >= 1e8)) return std::nullopt;
  if (number < 1e11) return kInS;
  if (number < 1e14) return kInMs;
  return number < 1e17 ? kInUs : 1;
}

std::optional<Duration> InForm(const char* form, std::string_view text) {
  absl::Time time;
  if (!absl::ParseTime(form, AbslView(text), &time, nullptr)) {
    return std::nullopt;
  }
  const absl::Duration since = time - absl::UnixEpoch();
  if (since < absl::ZeroDuration() || since > absl::Nanoseconds(kMostNs)) {
    return std::nullopt;
  }
  return absl::ToChronoNanoseconds(since);
}

}  // namespace

bool IsAbsent(std::string_view cell) {
  return cell.empty() || cell == "-" || cell == "null";
}

std::optional<Instant> InstantParser::Parse(std::string_view cell,
                                            std::int64_t unit_ns) {
  const bool whole = cell.find_first_of(".,") == cell.npos;
  double number = 0;
  if (unit_ns != 0 || absl::SimpleAtod(AbslView(cell), &number)) {
    const auto unit = unit_ns != 0 ? unit_ns : UnitOfEpoch(number);
    if (!unit.has_value()) return std::nullopt;
    const std::optional<Duration> time = TimeIn(cell, *unit);
    if (!time.has_value()) return std::nullopt;
    return Instant{*time, unit_ns == 0 && *unit == kInS && whole};
  }
  std::string text(cell);
  std::replace(text.begin(), text.end(), ',', '.');
  for (std::size_t i = 0; i < std::size(kForms); ++i) {
    const std::size_t form = (latest_ + i) % std::size(kForms);
    const std::optional<Duration> time = InForm(kForms[form], text);
    if (!time.has_value()) continue;
    latest_ = form;
    return Instant{*time, whole};
  }
  return std::nullopt;
}

std::optional<Duration> ParseLatency(std::string_view cell,
                                     std::int64_t unit_ns) {
  const std::optional<Duration> latency =
      unit_ns == 0 ? ParseDuration(cell) : TimeIn(cell, unit_ns);
  if (!latency.has_value() || *latency > kLongest) return std::nullopt;
  if (*latency > Duration::zero()) return latency;
  double digit = static_cast<double>(unit_ns == 0 ? kInMs : unit_ns);
  const std::size_t point = std::min(cell.find('.'), cell.size() - 1);
  for (std::size_t i = point + 1; i < cell.size(); ++i) digit /= 10;
  return Rounded(FractionalDuration(
      std::clamp<double>(digit / 2, 1, static_cast<double>(kInMs) / 2)));
}

std::optional<Outcome> ParseOutcome(std::string_view cell) {
  if (IsAbsent(cell)) return Outcome::kSuccess;
  int status = 0;
  if (absl::SimpleAtoi(AbslView(cell), &status)) {
    if (status == 504) return Outcome::kTimeout;
    if (status == 499) return Outcome::kCancelled;
    if (status < 100 || status == 429) return Outcome::kFailure;
    if (status < 400) return Outcome::kSuccess;
    return status < 500 ? Outcome::kNeutral : Outcome::kFailure;
  }
  struct Word {
    std::string_view text;
    Outcome outcome;
  };
  static constexpr Word kWords[] = {
      {"success", Outcome::kSuccess}, {"true", Outcome::kSuccess},
      {"ok", Outcome::kSuccess},      {"failure", Outcome::kFailure},
      {"false", Outcome::kFailure},   {"timeout", Outcome::kTimeout},
      {"neutral", Outcome::kNeutral}, {"cancelled", Outcome::kCancelled},
  };
  for (const Word& word : kWords) {
    if (absl::EqualsIgnoreCase(AbslView(cell), AbslView(word.text))) {
      return word.outcome;
    }
  }
  if (!cell.starts_with("Non HTTP response")) return std::nullopt;
  return cell.find("Timeout") == cell.npos ? Outcome::kFailure
                                           : Outcome::kTimeout;
}

Outcome OutcomeOfFlags(std::string_view envoys) {
  for (const absl::string_view flag : absl::StrSplit(AbslView(envoys), ',')) {
    if (flag == "DC") return Outcome::kCancelled;
    if (flag == "UT" || flag == "SI") return Outcome::kTimeout;
    if (flag == "UF" || flag == "UC" || flag == "UR") return Outcome::kFailure;
  }
  return Outcome::kSuccess;
}

Outcome OutcomeOfEnd(std::string_view haproxys) {
  const char who = haproxys.empty() ? '-' : haproxys.front();
  if (who == 'C' || who == 'c') return Outcome::kCancelled;
  if (who == 's') return Outcome::kTimeout;
  return who == '-' || who == 'L' ? Outcome::kSuccess : Outcome::kFailure;
}

Outcome TheGraver(Outcome one, Outcome other) {
  constexpr Outcome kOrder[] = {Outcome::kCancelled, Outcome::kTimeout,
                                Outcome::kNeutral, Outcome::kFailure};
  for (const Outcome outcome : kOrder) {
    if (one == outcome || other == outcome) return outcome;
  }
  return Outcome::kSuccess;
}

}  // namespace els_sim
