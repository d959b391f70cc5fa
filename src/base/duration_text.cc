#include "src/base/duration_text.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace els::internal {
namespace {

// Returns whether 0.`digits` times `unit` is a whole number, by long
// multiplication from the last digit on.
bool IsWhole(absl::string_view digits, std::int64_t unit) {
  std::int64_t carry = 0;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const std::int64_t sum = carry + (*digit - '0') * unit;
    if (sum % 10 != 0) return false;
    carry = sum / 10;
  }
  return true;
}

// Returns whether `text` is a whole number of nanoseconds. absl::ParseDuration
// drops the rest of a finer duration without an error.
// REQUIRES: absl::ParseDuration has understood `text`.
bool IsWholeNanoseconds(absl::string_view text) {
  constexpr char kDigits[] = "0123456789";
  for (;;) {
    const std::size_t point = text.find('.');
    if (point == absl::string_view::npos) return true;
    text.remove_prefix(point + 1);
    const std::size_t digits = text.find_first_not_of(kDigits);
    const std::size_t end = text.find_first_of("0123456789.", digits);
    absl::Duration unit;
    absl::ParseDuration(absl::StrCat("1", text.substr(digits, end - digits)),
                        &unit);
    if (!IsWhole(text.substr(0, digits), absl::ToInt64Nanoseconds(unit))) {
      return false;
    }
  }
}

}  // namespace

bool ParseDuration(absl::string_view text, Duration& duration) {
  absl::Duration parsed;
  if (!absl::ParseDuration(text, &parsed) || !IsWholeNanoseconds(text)) {
    return false;
  }
  duration = absl::ToChronoNanoseconds(parsed);
  return true;
}

}  // namespace els::internal
