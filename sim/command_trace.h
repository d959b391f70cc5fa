#pragma once

// The commands that read recordings.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sim/command_options.h"

namespace els_sim {

// Adds those that say where the recording is and how to read it.
void AddTraceOptions(po::options_description& options);

// `values` of Parse, to which the words that are no options are "trace".
absl::StatusOr<TraceSource> TraceOf(const char* command,
                                    const po::variables_map& values);

// Of an option that is a number above 0; empty if it is not there.
absl::StatusOr<std::optional<double>> AboveZero(const po::variables_map& values,
                                                const char* name);

// Reads the recording, and tells a person who waits how far it is.
absl::StatusOr<Recording> Read(const TraceSource& source);

// What there is to run, and to say before.
struct Replayable {
  std::string story;
  RunCommand run;
};
absl::StatusOr<Replayable> Replayed(const ReplayCommand& command);

// Writes the scenario. Returns how well it fits.
absl::StatusOr<std::string> Fitted(const FitCommand& command);

}  // namespace els_sim
