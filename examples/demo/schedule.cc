#include "examples/demo/schedule.h"

#include <cmath>

#include "els/random.h"

namespace demo {

std::vector<Arrival> PoissonSchedule(double per_second, Duration length,
                                     std::uint64_t seed) {
  els::Random random(seed);
  const double length_s = std::chrono::duration<double>(length).count();
  std::vector<Arrival> schedule;
  double due_s = 0;
  for (;;) {
    due_s -= std::log1p(-random.Uniform()) / per_second;
    if (due_s >= length_s) return schedule;
    const bool post = random.Uniform() < 0.5;
    schedule.push_back({std::chrono::duration_cast<Duration>(
                            std::chrono::duration<double>(due_s)),
                        post});
  }
}

}  // namespace demo
