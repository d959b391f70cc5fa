#include "sim/results/compare.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sim/results/report.h"

namespace els_sim {

std::string Compare(const Scenario& scenario,
                    absl::Span<const PolicyInfo* const> policies, Seeds seeds,
                    std::size_t threads, const std::function<void()>& on_run,
                    absl::Span<const std::string> limits) {
  const std::vector<std::size_t> watched = Watched(scenario);
  std::deque<std::string> names;  // Summaries refer to them.
  std::vector<Summary> summaries;
  Scenario limited = scenario;
  // One policy after the other: the results of one are all that is in memory.
  const auto run = [&](const PolicyInfo& policy, std::string_view name) {
    summaries.push_back(
        Summarise(name, RunSeeds(limited, policy, seeds, threads, on_run),
                  watched, scenario.windows));
  };
  for (const PolicyInfo* policy : policies) {
    if (limits.empty()) run(*policy, policy->name);
    for (const std::string& limiter : limits) {
      if (!limited.limit.has_value()) limited.limit.emplace();
      limited.limit->limiter = limiter;
      run(*policy,
          names.emplace_back(std::string(policy->name) + ", " + limiter));
    }
  }
  if (limits.size() > 1) limited.limit->limiter = "as the rows say";
  return Render(limited, seeds, summaries);
}

}  // namespace els_sim
