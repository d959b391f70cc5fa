#pragma once

// A recording as the requests of a scenario.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sim/model/scenario.h"
#include "sim/traces/recording.h"

namespace els_sim {

struct ReplayOptions {
  double times_faster = 1;  // Above 0.
  // Makes this the load, by the mean of the sizes.
  std::optional<double> load = {};
};

// Gives `scenario` the requests of the recording: they come at its times, if it
// has any, and are as large as it says, if it does.
//
//   latencies   over the slowness of the backend at that time (see
//               FitBackends), so that a scenario's own slow servers are not
//               slow twice. Of what did not succeed, that of the success
//               before it.
//   declared    as they are
//   sizes       with the scenario's mean
//
// Where it has no times, sizes begin anew when all have been taken. Returns a
// line that says what was done, for people; or an InvalidArgumentError.
absl::StatusOr<std::string> Replay(const Recording& recording,
                                   const ReplayOptions& options,
                                   Scenario& scenario);

}  // namespace els_sim
