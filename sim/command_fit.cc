// ParseFit of command_options.h.

#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/command_trace.h"
#include "sim/files/checker.h"
#include "sim/files/scenario_file.h"
#include "sim/results/progress.h"
#include "sim/results/write_file.h"
#include "sim/traces/fit.h"
#include "sim/traces/fit_report.h"
#include "sim/traces/fit_text.h"
#include "sim/traces/formats.h"

namespace els_sim {
namespace {

constexpr std::string_view kFitUsage =
    "els-sim fit TRACE --out FILE.toml [option]...\n"
    "\n"
    "Makes a scenario of a recording (see `els-sim replay --help` for its "
    "form):\n"
    "arrivals whose rate goes in steps, sizes by their quantiles, and for "
    "each\n"
    "backend when it was slow, failing or silent. Prints trace and model side "
    "by\n"
    "side, with the Kolmogorov-Smirnov distance of their distributions, and "
    "what\n"
    "chance makes of it in one of 20 times where the model is true.\n"
    "\n"
    "Of what forms TRACE may be, how each is recognised, and what its columns "
    "say:\n"
    "\n";

po::options_description FitOptions() {
  po::options_description options("Options of fit");
  const auto text = [](const char* name) {
    return po::value<std::string>()->value_name(name);
  };
  options.add_options()("out", text("FILE.toml"), "the file to write");
  AddTraceOptions(options);
  options.add_options()                                                  //
      ("rate", text("X"), "requests per second, if TRACE has no times")  //
      ("servers", text("N")->default_value("4"),
       "how many equal ones, if TRACE names no backends")  //
      ("help", "print this");
  return options;
}

absl::StatusOr<std::string> OutOf(const po::variables_map& values) {
  if (values.count("out") == 0) {
    return InvalidArgument("fit: give --out, the file to write");
  }
  std::string out = values["out"].as<std::string>();
  if (out.ends_with(".toml")) return out;
  return InvalidArgument(
      absl::StrCat("--out must end in .toml, not be '", out, "'"));
}

}  // namespace

absl::StatusOr<Command> ParseFit(const Words& words) {
  const po::variables_map values = Parse(words, FitOptions(), "trace");
  if (values.count("help") > 0) {
    return HelpCommand{
        HelpText(std::string(kFitUsage) + FormatsText(), FitOptions())};
  }
  auto trace = TraceOf("fit", values);
  if (!trace.ok()) return trace.status();
  auto out = OutOf(values);
  if (!out.ok()) return out.status();
  const auto rate = AboveZero(values, "rate");
  if (!rate.ok()) return rate.status();
  const std::string& text = values["servers"].as<std::string>();
  std::size_t servers = 0;
  if (!absl::SimpleAtoi(text, &servers) || servers == 0 ||
      servers > kMaxServers) {
    return InvalidArgument(absl::StrCat("--servers must be 1 to ", kMaxServers,
                                        ", not '", text, "'"));
  }
  return FitCommand{.trace = *std::move(trace),
                    .rate = *rate,
                    .servers = servers,
                    .out = *std::move(out)};
}

absl::StatusOr<std::string> Fitted(const FitCommand& command) {
  absl::Status writable = CheckWritable(command.out);
  if (!writable.ok()) return writable;
  const absl::StatusOr<Recording> recording = Read(command.trace);
  if (!recording.ok()) return recording.status();
  const absl::StatusOr<TraceFit> fit = FitTrace(*recording, command.rate);
  if (!fit.ok()) return fit.status();
  const std::string text =
      FitText(*recording, *fit,
              {.name = std::filesystem::path(command.out).stem().string(),
               .servers = command.servers});
  const absl::StatusOr<Scenario> scenario =
      ParseScenario(text, command.out, nullptr);
  if (!scenario.ok()) return scenario.status();
  absl::Status written = WriteFile(command.out, text);
  if (!written.ok()) return written;
  Progress progress(FitReportParts(*recording), "parts of the comparison");
  return recording->story + "\n" +
         FitReport(*recording, *scenario, [&progress] { progress.Step(); });
}

}  // namespace els_sim
