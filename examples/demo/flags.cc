#include "examples/demo/flags.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <filesystem>
#include <iostream>
#include <sstream>

namespace demo {

namespace po = boost::program_options;

std::optional<int> ParseFlags(int argc, const char* const* argv,
                              const std::string& summary,
                              po::options_description flags,
                              po::variables_map& values) {
  flags.add_options()("help", "print this and exit");
  const std::string program = std::filesystem::path(argv[0]).filename();
  try {
    // Abbreviated flags would change their meaning whenever one is added.
    const int style = po::command_line_style::default_style &
                      ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv)
                  .options(flags)
                  .positional({})
                  .style(style)
                  .run(),
              values);
    if (values.count("help") > 0) {
      std::cout << "Usage: " << program << " [flags]\n" << summary << flags;
      return 0;
    }
    po::notify(values);
  } catch (const po::error& error) {
    return BadFlag(program, error.what());
  }
  return std::nullopt;
}

int BadFlag(const std::string& program, const std::string& message) {
  std::cerr << program << ": " << message << "\n";
  return 2;
}

std::optional<std::string> OutOfRange(const std::string& flag,
                                      long double value, double low,
                                      double high) {
  // Written so that NaN is out of range.
  if (value >= low && value <= high) return std::nullopt;
  std::ostringstream message;
  message << "--" << flag << ": " << value << " is not within " << low << " to "
          << high;
  return message.str();
}

}  // namespace demo
