#include "sim/traces/recording.h"

#include <algorithm>
#include <utility>

#include "sim/files/duration_text.h"
#include "sim/traces/recording_maker.h"
#include "sim/traces/values.h"

namespace els_sim {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

}  // namespace

Duration Length(const Recording& recording) {
  return recording.attempts.empty() ? Duration()
                                    : recording.attempts.back().time;
}

bool IsMoment(std::string_view text) {
  return ParseDuration(text).has_value() ||
         InstantParser().Parse(text, 0).has_value();
}

absl::StatusOr<Recording> ReadRecording(
    const std::string& path, const RecordingOptions& options,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_part) {
  ColumnOptions columns = {.columns = options.columns};
  if (options.service.has_value()) columns.numbers = options.service->columns();
  auto input = LineInput::Open(path);
  if (!input.ok()) return input.status();
  const auto known = Recognise(*std::move(input), columns);
  if (!known.ok()) return known.status();
  Records& records = *known->records;
  RecordingMaker maker(path, options, *known);
  Cells cells;
  for (std::uint64_t told = 0;;) {
    const absl::StatusOr<bool> more = records.Next(cells);
    absl::Status taken = more.status();
    if (absl::IsInvalidArgument(taken)) {
      taken = maker.TakeWrong(std::string{taken.message()});
    } else if (more.ok() && *more) {
      taken = maker.Take(cells);
    } else if (more.ok()) {
      return maker.Made();
    }
    if (!taken.ok()) return taken;
    const LineInput& file = records.input();
    if (!on_part || file.position() < (told + 1) * kMebibyte) continue;
    on_part(++told, std::max(file.size() / kMebibyte + 1, told));
  }
}

}  // namespace els_sim
