#include "sim/command_options.h"

#include <sstream>

namespace els_sim {

std::string HelpText(std::string_view usage,
                     const po::options_description& options) {
  std::ostringstream text;
  text << usage << "\n" << options;
  return text.str();
}

po::variables_map Parse(const Words& words, po::options_description options,
                        const char* others) {
  options.add_options()(others, po::value<Words>());
  po::positional_options_description positional;
  positional.add(others, -1);
  const int style = po::command_line_style::unix_style &
                    ~po::command_line_style::allow_guessing;
  po::variables_map values;
  po::store(po::command_line_parser(words)
                .options(options)
                .positional(positional)
                .style(style)
                .run(),
            values);
  return values;
}

Words WordsOf(const po::variables_map& values, const char* name) {
  return values.count(name) > 0 ? values[name].as<Words>() : Words();
}

}  // namespace els_sim
