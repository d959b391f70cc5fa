#pragma once

// A fit as a scenario's file.

#include <cstddef>
#include <string>

#include "sim/traces/fit.h"
#include "sim/traces/recording.h"

namespace els_sim {

// How the scenario differs from the recording.
struct FitTextOptions {
  std::string name = {};    // The scenario's.
  std::size_t servers = 1;  // If the recording names no backends.
};

// Of a number, as %g writes it.
std::string SixDigits(double value);

// TOML that ParseScenario reads. Servers answer as they did, however many
// requests they have at once: a recording does not say what of a latency was
// waiting.
std::string FitText(const Recording& recording, const TraceFit& fit,
                    const FitTextOptions& options);

}  // namespace els_sim
