#pragma once

// What the commands of els-sim do, if that takes a file of its own, and what
// they end with. Each returns the exit status.

#include "absl/status/status.h"
#include "sim/command_line.h"

namespace els_sim {

// The end of what goes to std::cout.
int Flushed();

// False, and said why, if it is not OK.
bool Good(const absl::Status& status);

int Execute(const CompareCommand& command);
int Execute(const ShardCommand& command);
int Execute(const MergeCommand& command);

}  // namespace els_sim
