#include "sim/traces/fit_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "sim/files/duration_text.h"

namespace els_sim {
namespace {

// Without what a text or a comment of TOML cannot hold.
std::string Plain(std::string text) {
  for (char& c : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c)) || c == '"' ||
        c == '\\') {
      c = '?';
    }
  }
  return text;
}

std::string HeadText(const Recording& recording,
                     const FitTextOptions& options) {
  const std::string requests = absl::StrCat(
      recording.requests, recording.requests == 1 ? " request" : " requests");
  return absl::StrCat(
      "# Made by `els-sim fit`.\n\nname = \"", Plain(options.name),
      "\"\ndescription = \"fitted to ", requests, " of ", Plain(recording.path),
      "\"\nshows = \"Arrivals and latencies as they were recorded, and which "
      "backends were slow or failed, and when.\"\n"
      "cannot_show = \"How latencies grow with load: what was waiting is in "
      "them already. Give the servers slots to see that.\"\n");
}

std::string ArrivalsText(const ArrivalsFit& arrivals) {
  std::string text =
      absl::StrCat("\n[arrivals]\nkind = \"",
                   arrivals.gaps == Gaps::kConstant ? "constant" : "poisson",
                   "\"\nlength = \"", DurationText(arrivals.length),
                   "\"\nrate = ", SixDigits(arrivals.rate), "\n");
  if (arrivals.steps.empty()) return text;
  text += "steps = [\n";
  for (const ProfilePoint& step : arrivals.steps) {
    absl::StrAppend(&text, "  { at = \"", DurationText(step.at),
                    "\", times = ", SixDigits(step.times), " },\n");
  }
  return text + "]\n";
}

std::string SizesText(const std::vector<double>& quantiles_ms) {
  constexpr std::size_t kPerLine = 8;
  std::string text = "\n[sizes]\nshape = \"quantiles\"\nvalues = [  # In ms.\n";
  for (std::size_t i = 0; i < quantiles_ms.size(); i += kPerLine) {
    const std::size_t end = std::min(i + kPerLine, quantiles_ms.size());
    text += "  ";
    for (std::size_t k = i; k < end; ++k) {
      absl::StrAppend(&text, SixDigits(quantiles_ms[k]),
                      k + 1 < end ? ", " : ",\n");
    }
  }
  return text + "]\n";
}

std::string PhaseText(const BackendStretch& stretch) {
  std::vector<std::string> fields;
  const auto add = [&fields](auto... parts) {
    fields.push_back(absl::StrCat(parts...));
  };
  if (stretch.from > Duration::zero()) {
    add("from = \"", DurationText(stretch.from), "\"");
  }
  if (stretch.until < Duration::max()) {
    add("until = \"", DurationText(stretch.until), "\"");
  }
  const std::size_t nothing = fields.size();
  if (stretch.slowness != 1) add("slowness = ", SixDigits(stretch.slowness));
  if (stretch.silent) {
    add("silent = true");
  } else if (stretch.tally.failures > 0) {
    add("failure_rate = ", SixDigits(stretch.tally.FailureRate()));
  }
  if (fields.size() == nothing) return "";
  return absl::StrCat("  { ", absl::StrJoin(fields, ", "), " },\n");
}

std::string ServerText(const BackendFit& backend) {
  std::string phases;
  for (const BackendStretch& stretch : backend.stretches) {
    phases += PhaseText(stretch);
  }
  std::string text = "discipline = \"infinite\"\n";
  if (phases.empty()) return text;
  absl::StrAppend(&text, "phases = [\n", phases, "]\n");
  const AttemptTally all = backend.All();
  if (all.waits > 0) {
    const FractionalDuration wait(all.waited_ns /
                                  static_cast<double>(all.waits));
    absl::StrAppend(&text, "failure_after = \"", DurationText(Rounded(wait)),
                    "\"\n");
  }
  return text;
}

std::string AccessPointText(const Recording& recording, const TraceFit& fit) {
  std::string text;
  if (fit.timeout.has_value()) {
    absl::StrAppend(&text, "timeout = \"", DurationText(*fit.timeout), "\"\n");
  }
  if (recording.most_attempts > 1) {
    absl::StrAppend(&text, "retries = { most = ", recording.most_attempts - 1,
                    " }\n");
  }
  return text.empty() ? "" : "\n[access_points]\n" + text;
}

}  // namespace

std::string SixDigits(double value) { return absl::StrFormat("%.6g", value); }

std::string FitText(const Recording& recording, const TraceFit& fit,
                    const FitTextOptions& options) {
  std::string text = HeadText(recording, options) + ArrivalsText(fit.arrivals) +
                     SizesText(fit.quantiles_ms);
  for (const BackendFit& backend : fit.backends) {
    text += "\n[[servers]]\n";
    if (backend.name.empty()) {
      absl::StrAppend(&text, "count = ", options.servers, "\n");
    } else {
      absl::StrAppend(&text, "# ", Plain(backend.name), "\n");
    }
    text += ServerText(backend);
  }
  return text + AccessPointText(recording, fit);
}

}  // namespace els_sim
