#include "bench/ratio_reporter.h"

#include <algorithm>
#include <cstdio>

namespace {

template <class T>
void AddOnce(std::vector<T>& all, const T& one) {
  if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

}  // namespace

void RatioReporter::ReportRuns(const std::vector<Run>& runs) {
  ConsoleReporter::ReportRuns(runs);
  for (const Run& run : runs) {
    if (run.error_occurred) continue;
    // Of repetitions, the median; otherwise the only run.
    if (run.run_type == Run::RT_Aggregate && run.aggregate_name != "median") {
      continue;
    }
    const Parameters parameters = {run.run_name.args,
                                   static_cast<int>(run.threads)};
    AddOnce(parameters_, parameters);
    AddOnce(names_, run.run_name.function_name);
    times_[run.run_name.function_name][parameters] = run.GetAdjustedRealTime();
  }
}

double RatioReporter::TimeOf(const std::string& name,
                             const Parameters& parameters) const {
  const auto times = times_.find(name);
  if (times == times_.end()) return 0;
  const auto time = times->second.find(parameters);
  return time == times->second.end() ? 0 : time->second;
}

void RatioReporter::Finalize() {
  ConsoleReporter::Finalize();
  for (const Comparison& comparison : comparisons_) PrintRatios(comparison);
  PrintScaling();
}

void RatioReporter::PrintRatios(const Comparison& comparison) const {
  if (!times_.contains(comparison.baseline)) return;
  std::printf("\nTime as a ratio to %s:\n", comparison.baseline.c_str());
  for (const Parameters& parameters : parameters_) {
    const double base = TimeOf(comparison.baseline, parameters);
    if (base == 0) continue;
    std::printf("  %-16s threads:%-3d", parameters.first.c_str(),
                parameters.second);
    for (const std::string& other : comparison.others) {
      const double time = TimeOf(other, parameters);
      if (time > 0) std::printf("  %s %.2f", other.c_str(), time / base);
    }
    std::printf("\n");
  }
}

void RatioReporter::PrintScaling() const {
  std::printf("\nOperations as a ratio to one thread's:\n");
  for (const std::string& name : names_) {
    for (const Parameters& parameters : parameters_) {
      const double many = TimeOf(name, parameters);
      const double one = TimeOf(name, {parameters.first, 1});
      if (parameters.second == 1 || many == 0 || one == 0) continue;
      std::printf("  %-16s %-16s threads:%-3d %.2f\n", name.c_str(),
                  parameters.first.c_str(), parameters.second, one / many);
    }
  }
}
