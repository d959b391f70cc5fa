#pragma once

// A recording in memory: what is needed of it to fit a scenario to it or to
// replay it, which is 32 bytes a line.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "els/balancer.h"
#include "sim/files/service_formula.h"
#include "sim/files/trace_file.h"
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
};

// From the first request to the last.
Duration Length(const Recording& recording);

struct RecordingOptions {
  std::vector<std::string> columns = {};       // See TraceColumns.
  std::optional<ServiceFormula> service = {};  // Instead of what is there.
};

// Reads the whole file. Backends are in order of the lengths of their names,
// then of the names: numbers are in their order. `on_part`, if not empty, is
// told after each MiB how many have been read, and of how many. Errors are the
// TraceReader's.
absl::StatusOr<Recording> ReadRecording(
    const std::string& path, const RecordingOptions& options,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_part = nullptr);

}  // namespace els_sim
