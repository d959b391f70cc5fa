#include "sim/files/number_file.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/duration_text.h"
#include "sim/model/absl_view.h"
#include "sim/model/virtual_time.h"

namespace els_sim {
namespace {

constexpr double kMaxSeconds = 24 * 3600;

absl::Status LineError(std::size_t line, absl::string_view text,
                       absl::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(line, ": \"", absl::CHexEscape(text), "\" is no ", wanted));
}

// Calls `take` with the number and the text of each line that counts, until it
// returns an error.
template <typename Take>
absl::Status ForEachLine(std::string_view text, Take take) {
  std::size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(AbslView(text), '\n')) {
    ++number;
    const absl::string_view stripped = absl::StripAsciiWhitespace(line);
    if (stripped.empty() || stripped.front() == '#') continue;
    absl::Status taken = take(number, stripped);
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

// Since the start, or since 1970.
std::optional<Duration> TimeOf(absl::string_view text) {
  double seconds = 0;
  if (absl::SimpleAtod(text, &seconds)) {
    if (!(seconds >= 0 && seconds <= kMaxSeconds)) return std::nullopt;
    return Rounded(FractionalDuration(seconds * kNanosecondsPerSecond));
  }
  return ParseTimestamp({text.data(), text.size()});
}

// Where `column` is among the names of a first line.
absl::StatusOr<std::size_t> PlaceOf(std::string_view column,
                                    absl::string_view names) {
  std::size_t place = 0;
  for (const absl::string_view name : absl::StrSplit(names, ',')) {
    if (absl::StripAsciiWhitespace(name) == AbslView(column)) return place;
    ++place;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "1: there is no column \"", absl::CHexEscape(AbslView(column)),
      "\"; the columns are ", absl::CHexEscape(names)));
}

constexpr absl::string_view kTimeFormat =
    "time: a number of seconds, at most a day, or a timestamp such as "
    "2023-11-16 18:15:46.68";

}  // namespace

absl::StatusOr<std::vector<double>> ParseNumbers(std::string_view text) {
  std::vector<double> numbers;
  absl::Status status =
      ForEachLine(text, [&numbers](std::size_t line, absl::string_view number) {
        numbers.emplace_back();
        if (absl::SimpleAtod(number, &numbers.back()) &&
            std::isfinite(numbers.back())) {
          return absl::OkStatus();
        }
        return LineError(line, number, "number");
      });
  if (!status.ok()) return status;
  return numbers;
}

absl::StatusOr<std::vector<Duration>> ParseTimes(std::string_view text,
                                                 std::string_view column) {
  std::vector<Duration> times;
  std::optional<std::size_t> place;
  if (column.empty()) place = 0;
  const auto take = [&](std::size_t line, absl::string_view cells) {
    if (!place.has_value()) {
      const absl::StatusOr<std::size_t> found = PlaceOf(column, cells);
      if (found.ok()) place = *found;
      return found.status();
    }
    std::vector<absl::string_view> row = {cells};
    if (!column.empty()) row = absl::StrSplit(cells, ',');
    if (*place >= row.size()) return LineError(line, cells, kTimeFormat);
    const absl::string_view cell = absl::StripAsciiWhitespace(row[*place]);
    const std::optional<Duration> time = TimeOf(cell);
    if (!time.has_value()) return LineError(line, cell, kTimeFormat);
    times.push_back(*time);
    return absl::OkStatus();
  };
  absl::Status status = ForEachLine(text, take);
  if (!status.ok()) return status;
  // No number of seconds is as large as a timestamp.
  constexpr Duration kDay = std::chrono::hours(24);
  if (!times.empty() && times.front() > kDay) {
    const Duration first = times.front();
    for (Duration& time : times) time -= first;
  }
  return times;
}

}  // namespace els_sim
