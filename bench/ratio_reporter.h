#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

// Prints what the console reporter does, and at the end times as ratios: each
// benchmark's to that of its baseline with the same parameters in the same run,
// and what several threads get done to what one does. Absolute times differ
// from machine to machine and from minute to minute.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  struct Comparison {
    std::string baseline;
    std::vector<std::string> others;
  };

  explicit RatioReporter(std::vector<Comparison> comparisons)
      : comparisons_(std::move(comparisons)) {}

  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  using Parameters = std::pair<std::string, int>;  // Arguments and threads.

  // 0 if there is none.
  double TimeOf(const std::string& name, const Parameters& parameters) const;
  void PrintRatios(const Comparison& comparison) const;
  void PrintScaling() const;

  const std::vector<Comparison> comparisons_;
  std::vector<Parameters> parameters_;  // In order of appearance.
  std::vector<std::string> names_;
  // By name, per iteration; of repetitions, the median.
  std::map<std::string, std::map<Parameters, double>> times_;
};
