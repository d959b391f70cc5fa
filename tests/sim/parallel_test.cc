#include "sim/results/parallel.h"

#include <gtest/gtest.h>

#include <vector>

namespace els_sim {
namespace {

TEST(ForEach, DoesEachOnceHoweverManyThreads) {
  for (const std::size_t threads : {1, 2, 9}) {
    std::vector<int> times(5);
    int reported = 0;
    ForEach(
        times.size(), threads, [&times](std::size_t i) { ++times[i]; },
        [&reported] { ++reported; });
    EXPECT_EQ(times, std::vector<int>(5, 1)) << threads;
    EXPECT_EQ(reported, 5) << threads;
  }
}

TEST(ForEach, DoesNothingIfThereIsNothing) {
  ForEach(0, 3, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace els_sim
