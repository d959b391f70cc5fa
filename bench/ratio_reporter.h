#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

// Prints what the console reporter prints and then, since absolute times say
// little on a shared machine, each result as a ratio to that of the same
// parameters whose name begins with `baseline`.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  explicit RatioReporter(std::string baseline)
      : baseline_(std::move(baseline)) {}

  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  const std::string baseline_;
  // Time of one iteration by parameters, then by name, in the order first seen.
  std::map<std::string, std::map<std::string, double>> times_;
  std::vector<std::string> parameters_;
};
