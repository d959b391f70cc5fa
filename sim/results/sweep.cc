#include "sim/results/sweep.h"

#include "sim/results/parallel.h"

namespace els_sim {

std::vector<Result> RunSeeds(const Scenario& scenario, const PolicyInfo& policy,
                             Seeds seeds, std::size_t threads,
                             const std::function<void()>& on_run) {
  std::vector<Result> results(seeds.count);
  ForEach(
      seeds.count, threads,
      [&](std::size_t i) {
        results[i] = Simulate(scenario, policy, seeds.first + i);
      },
      on_run);
  return results;
}

}  // namespace els_sim
