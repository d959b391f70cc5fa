#pragma once

#include <cstddef>

#include "sim/command_line.h"

namespace els_sim {

// Searches, prints, and writes what is asked for; the exit status. Until it
// returns, SIGINT and SIGTERM stop the search in order; a second one, at once.
int ExecuteTune(const TuneCommand& command, std::size_t threads);

}  // namespace els_sim
