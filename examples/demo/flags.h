#pragma once

// Command lines of the demo's programs.

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <optional>
#include <string>

namespace demo {

// Reads the command line into `values`, and adds --help to `flags`. Returns the
// exit status if the program is to end at once: 0 after --help, 2 after one
// line on standard error that names the flag at fault.
std::optional<int> ParseFlags(int argc, const char* const* argv,
                              const std::string& summary,
                              boost::program_options::options_description flags,
                              boost::program_options::variables_map& values);

// One line on standard error, and the exit status of a bad command line.
int BadFlag(const std::string& program, const std::string& message);

// What is wrong with the value given for `flag`, if it is not within
// [low, high].
std::optional<std::string> OutOfRange(const std::string& flag,
                                      long double value, double low,
                                      double high);

}  // namespace demo
