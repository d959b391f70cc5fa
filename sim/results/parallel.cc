#include "sim/results/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace els_sim {

std::size_t Processors() {
  // hardware_concurrency counts all of the machine, whoever may use them.
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    return std::max<std::size_t>(CPU_COUNT(&allowed), 1);
  }
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

void ForEach(std::size_t count, std::size_t threads,
             const std::function<void(std::size_t)>& work,
             const std::function<void()>& on_done) {
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      work(i);
      if (!on_done) continue;
      const std::lock_guard<std::mutex> lock(reporting);
      on_done();
    }
  };
  std::vector<std::thread> helpers;
  for (std::size_t i = 1; i < std::min(threads, count); ++i) {
    helpers.emplace_back(take_turns);
  }
  take_turns();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace els_sim
