#include "sim/command_trace.h"

#include <cstdint>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/results/progress.h"

namespace els_sim {

void AddTraceOptions(po::options_description& options) {
  const auto text = [](const char* name) {
    return po::value<std::string>()->value_name(name);
  };
  options.add_options()  //
      ("traces", text("DIR"), "where TRACE is; default: here")(
          "service", text("SUM"),
          "service times instead of recorded latencies: durations, each as it "
          "is or times a column, such as '5ms + 0.2ms*ContextTokens'")(
          "columns", text("NAMES"),
          "what the columns are, if TRACE does not say it: names with commas "
          "between, an empty one for a column to pass over; or only some, as "
          "MEANING=NAME, such as latency_ms=took; or a log's template, as "
          "nginx's log_format")(
          "from", text("TIME"),
          "only requests from then on: 2023-11-16T18:15:46Z, or since the "
          "first, such as 10min")("until", text("TIME"),
                                  "only requests before then");
}

absl::StatusOr<TraceSource> TraceOf(const char* command,
                                    const po::variables_map& values) {
  const Words words = WordsOf(values, "trace");
  if (words.size() != 1) {
    return InvalidArgument(absl::StrCat(
        command, ": give one TRACE, a recording; there are ", words.size()));
  }
  TraceSource source;
  std::filesystem::path path = words.front();
  if (values.count("traces") > 0) {
    path = std::filesystem::path(values["traces"].as<std::string>()) / path;
  }
  source.path = path.string();
  if (values.count("columns") > 0) {
    source.options.columns =
        absl::StrSplit(values["columns"].as<std::string>(), ',');
  }
  for (const char* const name : {"from", "until"}) {
    if (values.count(name) == 0) continue;
    const std::string& moment = values[name].as<std::string>();
    if (!IsMoment(moment)) {
      return InvalidArgument(
          absl::StrCat("--", name,
                       " must be a time such as 2023-11-16T18:15:46Z, or 10min "
                       "since the first request, not '",
                       moment, "'"));
    }
    (name == std::string_view("from") ? source.options.from
                                      : source.options.until) = moment;
  }
  if (values.count("service") > 0) {
    auto formula = ServiceFormula::Parse(values["service"].as<std::string>());
    if (!formula.ok()) {
      return InvalidArgument(
          absl::StrCat("--service: ", formula.status().message()));
    }
    source.options.service = *std::move(formula);
  }
  return source;
}

absl::StatusOr<std::optional<double>> AboveZero(const po::variables_map& values,
                                                const char* name) {
  if (values.count(name) == 0) return std::optional<double>();
  const std::string& text = values[name].as<std::string>();
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value > 0 && value <= 1e6)) {
    return InvalidArgument(absl::StrCat(
        "--", name, " must be above 0 and at most 1000000, not '", text, "'"));
  }
  return std::optional<double>(value);
}

absl::StatusOr<Recording> Read(const TraceSource& source) {
  std::optional<Progress> progress;
  return ReadRecording(source.path, source.options,
                       [&progress](std::uint64_t, std::uint64_t parts) {
                         if (!progress.has_value()) {
                           progress.emplace(parts, "MiB of the recording");
                         }
                         progress->Step();
                       });
}

}  // namespace els_sim
