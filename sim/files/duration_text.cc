#include "sim/files/duration_text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace els_sim {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr Unit kNanosecond = {"ns", 1};
constexpr Unit kMicrosecond = {"us", 1'000};
constexpr Unit kMillisecond = {"ms", 1'000'000};
constexpr Unit kSecond = {"s", 1'000'000'000};
constexpr Unit kMinute = {"min", 60 * kSecond.nanoseconds};
constexpr Unit kHour = {"h", 60 * kMinute.nanoseconds};

const Unit* FindUnit(std::string_view name) {
  static constexpr Unit kUnits[] = {kNanosecond, kMicrosecond, kMillisecond,
                                    kSecond,     kMinute,      kHour};
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

constexpr std::string_view kDigits = "0123456789";

// `digits` times `unit`; empty if no Duration holds it.
std::optional<std::int64_t> Whole(std::string_view digits, std::int64_t unit) {
  std::int64_t sum = 0;
  for (const char digit : digits) {
    std::int64_t more = 0;
    if (__builtin_mul_overflow(sum, 10, &sum) ||
        __builtin_mul_overflow(digit - '0', unit, &more) ||
        __builtin_add_overflow(sum, more, &sum)) {
      return std::nullopt;
    }
  }
  return sum;
}

// 0.`digits` times `unit`; empty if a digit's place is below a nanosecond.
std::optional<std::int64_t> Fraction(std::string_view digits,
                                     std::int64_t unit) {
  std::int64_t sum = 0;
  for (const char digit : digits) {
    if (unit % 10 == 0) {
      unit /= 10;
      sum += (digit - '0') * unit;
    } else if (digit != '0') {
      return std::nullopt;
    }
  }
  return sum;
}

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == text.npos) return std::nullopt;
  const Unit* const unit = FindUnit(text.substr(end));
  if (unit == nullptr) return std::nullopt;
  std::string_view whole = text.substr(0, end);
  std::string_view fraction;
  const std::size_t point = whole.find('.');
  if (point != whole.npos) {
    fraction = whole.substr(point + 1);
    whole = whole.substr(0, point);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() || fraction.find_first_not_of(kDigits) != whole.npos) {
    return std::nullopt;
  }
  const auto large = Whole(whole, unit->nanoseconds);
  const auto small = Fraction(fraction, unit->nanoseconds);
  std::int64_t sum = 0;
  if (!large.has_value() || !small.has_value() ||
      __builtin_add_overflow(*large, *small, &sum)) {
    return std::nullopt;
  }
  return Duration(sum);
}

std::optional<Duration> ParseTimestamp(std::string_view text) {
  const absl::string_view view(text.data(), text.size());
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, view, &time, &error) &&
      !absl::ParseTime("%Y-%m-%d %H:%M:%E*S", view, &time, &error)) {
    return std::nullopt;
  }
  if (time < absl::UnixEpoch()) return std::nullopt;
  return absl::ToChronoNanoseconds(time - absl::UnixEpoch());
}

std::string DurationText(Duration duration, std::string_view space) {
  if (duration == Duration::max()) return "never";
  const std::int64_t count = std::abs(duration.count());
  Unit unit = count == 0 ? kSecond : kNanosecond;
  for (const Unit& larger : {kMicrosecond, kMillisecond, kSecond}) {
    if (count >= larger.nanoseconds) unit = larger;
  }
  std::string text = duration < Duration::zero() ? "-" : "";
  absl::StrAppend(&text, count / unit.nanoseconds);
  const std::int64_t rest = count % unit.nanoseconds;
  if (rest != 0) {
    std::string digits = absl::StrCat(unit.nanoseconds + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    absl::StrAppend(&text, ".", digits);
  }
  text.append(space).append(unit.name);
  return text;
}

}  // namespace els_sim
