#include "bench/ratio_reporter.h"

#include <algorithm>
#include <cstdio>

void RatioReporter::ReportRuns(const std::vector<Run>& runs) {
  ConsoleReporter::ReportRuns(runs);
  for (const Run& run : runs) {
    if (run.error_occurred) continue;
    // Of repetitions, the median; otherwise the only run.
    if (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median") {
      continue;
    }
    std::string parameters = run.run_name.args;
    if (!run.run_name.threads.empty()) parameters += "/" + run.run_name.threads;
    if (std::find(parameters_.begin(), parameters_.end(), parameters) ==
        parameters_.end()) {
      parameters_.push_back(parameters);
    }
    times_[parameters][run.run_name.function_name] = run.GetAdjustedRealTime();
  }
}

void RatioReporter::Finalize() {
  ConsoleReporter::Finalize();
  std::printf("\nTime as a ratio to %s:\n", baseline_.c_str());
  for (const std::string& parameters : parameters_) {
    const auto& times = times_[parameters];
    const auto base = times.find(baseline_);
    if (base == times.end()) continue;
    std::printf("%-26s", parameters.c_str());
    for (const auto& [name, time] : times) {
      if (name == baseline_) continue;
      std::printf("  %s %.2f", name.c_str(), time / base->second);
    }
    std::printf("\n");
  }
}
