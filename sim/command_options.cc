#include "sim/command_options.h"

#include <sstream>
#include <utility>

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

absl::StatusOr<RunCommand> RunOf(const po::variables_map& values,
                                 std::vector<Scenario> scenarios) {
  auto policies = FindPolicies(WordsOf(values, "policy"));
  if (!policies.ok()) return policies.status();
  const auto seeds = ParseSeeds(values["seed"].as<std::string>(),
                                values["seeds"].as<std::string>());
  if (!seeds.ok()) return seeds.status();
  if (values.count("retries") > 0) {
    const absl::Status set =
        SetRetries(values["retries"].as<std::string>(), scenarios);
    if (!set.ok()) return set;
  }
  return RunCommand{std::move(scenarios), *std::move(policies), *seeds, {}};
}

}  // namespace els_sim
