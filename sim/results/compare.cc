#include "sim/results/compare.h"

#include <vector>

#include "sim/results/report.h"

namespace els_sim {

std::string Compare(const Scenario& scenario,
                    absl::Span<const PolicyInfo* const> policies, Seeds seeds,
                    std::size_t threads, const std::function<void()>& on_run) {
  const std::vector<std::size_t> watched = Watched(scenario);
  std::vector<Summary> summaries;
  // One policy after the other: the results of one are all that is in memory.
  for (const PolicyInfo* policy : policies) {
    summaries.push_back(Summarise(
        policy->name, RunSeeds(scenario, *policy, seeds, threads, on_run),
        watched));
  }
  return Render(scenario, seeds, summaries);
}

}  // namespace els_sim
