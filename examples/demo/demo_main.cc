// els-demo: three policies against the same faulty backends, measured.

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "examples/demo/demo.h"
#include "examples/demo/flags.h"
#include "examples/demo/page.h"
#include "examples/demo/table.h"

namespace demo {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kSummary =
    "Runs each policy of the access point in turn against two healthy\n"
    "backends, a slow one and a failing one, under the same traffic, and\n"
    "compares what the users got. The exit status tells whether it ran, not\n"
    "who won; 130 after Ctrl-C.\n";

po::options_description Flags() {
  po::options_description flags("Flags");
  flags.add_options()  //
      ("access-point", po::value<std::string>()->required(),
       "path of els-access-point (required)")  //
      ("backend", po::value<std::string>()->required(),
       "path of els-demo-backend (required)")  //
      ("seconds", po::value<long>()->default_value(22),
       "of traffic for each policy, 1 to 600")  //
      ("seed", po::value<long>()->default_value(1),
       "of the schedule and of the backends' service times")             //
      ("html", po::value<std::string>(), "file to write the report to")  //
      ("options", po::value<std::string>()->default_value(""),
       "file of the options that els is to have, as els-sim tune writes it")  //
      ("record", po::value<std::string>()->default_value(""),
       "file to which els's access point is to write each attempt")  //
      ("made-by", po::value<std::string>(),
       "command that the report names instead of this one");
  return flags;
}

std::optional<std::string> Invalid(const po::variables_map& values) {
  for (const char* flag : {"access-point", "backend"}) {
    const std::string path = values[flag].as<std::string>();
    if (fs::is_directory(path) || access(path.c_str(), X_OK) != 0) {
      return "--" + std::string(flag) + ": " + path + " is not a program";
    }
  }
  if (values.count("html") > 0) {
    const fs::path html = values["html"].as<std::string>();
    const fs::path folder = html.has_parent_path() ? html.parent_path() : ".";
    if (fs::is_directory(html) || access(folder.c_str(), W_OK) != 0) {
      return "--html: " + html.string() + " cannot be written";
    }
  }
  if (auto error =
          OutOfRange("seconds", values["seconds"].as<long>(), 1, 600)) {
    return error;
  }
  return OutOfRange("seed", values["seed"].as<long>(), 0, 1e15);
}

// The results, or the number of the signal that ended the demo. Whichever way
// this is left, no child process is.
std::pair<std::vector<PolicyResult>, int> Run(const DemoOptions& options) {
  std::vector<PolicyResult> results;
  int signal = 0;
  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
  signals.async_wait([&](boost::system::error_code error, int number) {
    if (error) return;
    signal = number;
    io.stop();
  });
  asio::co_spawn(
      io, RunDemo(options),
      [&](std::exception_ptr error, std::vector<PolicyResult> measured) {
        if (error) std::rethrow_exception(error);
        results = std::move(measured);
        io.stop();
      });
  io.run();
  return {std::move(results), signal};
}

// A reader never sees half a page, nor does an interruption leave one.
void Write(const fs::path& path, const std::string& text) {
  fs::path draft = path;
  draft += ".tmp";
  std::ofstream file(draft, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + draft.string());
  fs::rename(draft, path);
}

std::string CommandLine(int argc, char** argv) {
  std::string command = fs::path(argv[0]).filename();
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  return command;
}

int Main(int argc, char** argv) {
  po::variables_map values;
  const auto done = ParseFlags(argc, argv, kSummary, Flags(), values);
  if (done) return *done;
  if (const auto error = Invalid(values)) return BadFlag("els-demo", *error);
  const DemoOptions options{
      .programs = {.backend = values["backend"].as<std::string>(),
                   .access_point = values["access-point"].as<std::string>()},
      .seconds = std::chrono::seconds(values["seconds"].as<long>()),
      .seed = static_cast<std::uint64_t>(values["seed"].as<long>()),
      .options = values["options"].as<std::string>(),
      .record = values["record"].as<std::string>()};

  const auto [results, signal] = Run(options);
  if (signal != 0) {
    std::cerr << "\nels-demo: stopped by signal " << signal << "\n";
    return 128 + signal;
  }
  const std::string verdict = Verdict(results);
  std::cout << "\n" << TextTable(results) << "\n" << verdict << "\n";
  if (values.count("html") > 0) {
    const std::string html = values["html"].as<std::string>();
    const std::string command = values.count("made-by") > 0
                                    ? values["made-by"].as<std::string>()
                                    : CommandLine(argc, argv);
    Write(html, MakePage({command, DescribeSetUp(options, results), verdict},
                         results));
    std::cout << "Charts: " << html << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
  try {
    return demo::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "els-demo: " << error.what() << "\n";
    return 1;
  }
}
