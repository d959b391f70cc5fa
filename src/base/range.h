#pragma once

#include <charconv>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "els/options.h"

namespace els::internal {

// The values from `low` to `high`, both included. NaN is in no range.
template <class T>
struct Range {
  constexpr bool Contains(T value) const {
    return value >= low && value <= high;
  }

  T low = {};
  T high = {};
};

// Text returns the value as text. That of a number is the shortest text that
// reads back as the same number.
inline std::string Text(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}
inline std::string Text(std::uint64_t value) { return absl::StrCat(value); }
inline std::string Text(Duration value) {
  return absl::FormatDuration(absl::FromChrono(value));
}

template <class T>
std::string Text(const Range<T>& range) {
  return absl::StrCat("from ", Text(range.low), " to ", Text(range.high));
}

// Returns OK if the range contains `value`. Otherwise returns an
// InvalidArgumentError that names the field, its value and its range.
template <class T>
absl::Status Check(const char* name, T value, const Range<T>& range) {
  if (range.Contains(value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", Text(value), "; it must be ", Text(range)));
}

}  // namespace els::internal
