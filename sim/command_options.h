#pragma once

// What the commands of els-sim parse their words with.

#include <boost/program_options.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/arguments.h"
#include "sim/command_line.h"

namespace els_sim {

namespace po = boost::program_options;

std::string HelpText(std::string_view usage,
                     const po::options_description& options);

// Every word that is not an option is a scenario. Throws po::error.
po::variables_map Parse(const Words& words, po::options_description options);

// None if it is not there.
Words WordsOf(const po::variables_map& values, const char* name);

// The commands of command_compare.cc. Throw po::error.
absl::StatusOr<Command> ParseCompare(const Words& words);
absl::StatusOr<Command> ParseMerge(const Words& words);

}  // namespace els_sim
