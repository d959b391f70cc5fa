#pragma once

// A recording in memory: what is needed of it to fit a scenario to it or to
// replay it, which is 32 bytes an attempt.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "sim/files/service_formula.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// What a recording says of the work that its requests are.
enum class WorkKind {
  kNothing,
  kLatencies,  // Nanoseconds from one end to the other, on that very backend.
  kDeclared,   // Nanoseconds on a server of slowness 1.
  kSizes,      // Any unit.
};

struct RecordedAttempt {
  Duration time = {};  // Since the first.
  std::optional<double> work = {};
  std::uint32_t backend = 0;  // Among the recording's.
  els::Outcome outcome = els::Outcome::kSuccess;
  bool first = true;  // Of its request.

  bool Succeeded() const { return outcome == els::Outcome::kSuccess; }
  bool Failed() const {
    return outcome == els::Outcome::kFailure ||
           outcome == els::Outcome::kTimeout;
  }
};

// In order of time.
struct Recording {
  std::string path = {};
  bool has_times = false;  // Else those of all attempts are 0.
  WorkKind work = WorkKind::kNothing;
  std::vector<RecordedAttempt> attempts = {};
  std::vector<std::string> backends = {};  // One without a name, if none has.
  std::size_t requests = 0;                // Attempts that are the first.
  std::size_t most_attempts = 1;           // At one request.
  // For people, in lines: what the file was taken for, and what of it does not
  // count.
  std::string story = {};
};

// From the first request to the last.
Duration Length(const Recording& recording);

struct RecordingOptions {
  std::vector<std::string> columns = {};       // See ColumnOptions.
  std::optional<ServiceFormula> service = {};  // Instead of what is there.
  // Only requests that came in [from, until): timestamps, or durations since
  // the first line's request.
  std::optional<std::string> from = {};
  std::optional<std::string> until = {};
};

// Whether from and until can be read that way.
bool IsMoment(std::string_view text);

// Reads the whole file, of any form that is known (see formats.h). Backends are
// in order of the lengths of their names, then of the names: numbers are in
// their order. Requests of the same second, if the file names only seconds,
// come at random times within it. `on_part`, if not empty, is told after each
// MiB how many have been read, and of how many.
//
// Errors are of one line that begins with the path: NotFoundError if the file
// cannot be read, and others if it is no recording, or if more than one record
// of a hundred is wrong.
absl::StatusOr<Recording> ReadRecording(
    const std::string& path, const RecordingOptions& options,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_part = nullptr);

}  // namespace els_sim
