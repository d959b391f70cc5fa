#pragma once

// What the commands of els-sim parse their words with.

#include <boost/program_options.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/arguments.h"
#include "sim/command_line.h"

namespace els_sim {

namespace po = boost::program_options;

std::string HelpText(std::string_view usage,
                     const po::options_description& options);

// Every word that is not an option is a scenario, or what else the command is
// about. Throws po::error.
po::variables_map Parse(const Words& words, po::options_description options,
                        const char* others = "scenario");

// None if it is not there.
Words WordsOf(const po::variables_map& values, const char* name);

// The policies, seeds and retries of run and replay, for these scenarios.
absl::StatusOr<RunCommand> RunOf(const po::variables_map& values,
                                 std::vector<Scenario> scenarios);

// Commands of their own files. They throw po::error.
absl::StatusOr<Command> ParseCompare(const Words& words);
absl::StatusOr<Command> ParseFit(const Words& words);
absl::StatusOr<Command> ParseMerge(const Words& words);
absl::StatusOr<Command> ParseReplay(const Words& words);
absl::StatusOr<Command> ParseTune(const Words& words);

}  // namespace els_sim
