// The benchmarks of els-bench: how they are run, and which are compared with
// which.

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include "bench/ratio_reporter.h"

namespace {

// Whether the results go to a program, which wants them as they are.
bool ForPrograms(int argc, char** argv) {
  constexpr char kFormat[] = "--benchmark_format=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], kFormat, sizeof kFormat - 1) == 0) {
      return std::strcmp(argv[i] + sizeof kFormat - 1, "console") != 0;
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool for_programs = ForPrograms(argc, argv);
  // Unless told otherwise: medians of runs that take turns, since the machine
  // is faster in one second than in the next.
  std::string defaults[] = {"--benchmark_repetitions=9",
                            "--benchmark_min_time=0.1",
                            "--benchmark_enable_random_interleaving=true",
                            "--benchmark_report_aggregates_only=true"};
  std::vector<char*> arguments = {argv[0]};
  for (std::string& argument : defaults) arguments.push_back(argument.data());
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  argv = arguments.data();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (for_programs) {
    benchmark::RunSpecifiedBenchmarks();
  } else {
    RatioReporter reporter(
        {{"Floor", {"UniformRandom", "ElsPowerOfTwo", "ElsLowest"}},
         {"FloorWithExpOfC",
          {"UniformRandom", "ElsPowerOfTwo", "ElsLowest", "ElsFailing",
           "ElsNewSet", "ElsAt1000", "ElsAt10000", "ElsAt100000"}},
         {"FloorAmidWork", {"ElsAmidWork"}},
         {"FloorAmidMoreWork", {"ElsAmidMoreWork"}},
         {"ElsPowerOfTwoAmidTraffic", {"ElsLowestAmidTraffic"}},
         {"HashIds", {"SetBackends"}},
         {"MapUnderMutex", {"WorkEstimator"}},
         {"TwoReadings", {"ConcurrencyLimit", "HedgeTimer"}},
         {"SimulateRoundRobin",
          {"SimulateLeastOutstanding", "SimulatePeakEwma", "SimulateEls"}}});
    benchmark::RunSpecifiedBenchmarks(&reporter);
  }
  benchmark::Shutdown();
}
