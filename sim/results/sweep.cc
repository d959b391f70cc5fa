#include "sim/results/sweep.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace els_sim {

std::vector<Result> RunSeeds(const Scenario& scenario, const PolicyInfo& policy,
                             Seeds seeds, std::size_t threads,
                             const std::function<void()>& on_run) {
  std::vector<Result> results(seeds.count);
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  const auto work = [&] {
    for (std::size_t i = next++; i < seeds.count; i = next++) {
      results[i] = Simulate(scenario, policy, seeds.first + i);
      if (!on_run) continue;
      const std::lock_guard<std::mutex> lock(reporting);
      on_run();
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min(threads, seeds.count); ++i) {
    helpers.emplace_back(work);
  }
  work();
  for (std::thread& helper : helpers) helper.join();
  return results;
}

}  // namespace els_sim
