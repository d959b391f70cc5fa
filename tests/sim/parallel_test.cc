#include "sim/results/parallel.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>
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

TEST(Processors, AreThoseThatTheProcessMayUse) {
  EXPECT_GE(Processors(), 1);
  std::size_t left = 0;
  // Of a thread: the others keep theirs.
  std::thread([&left] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    left = Processors();
  }).join();
  EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace els_sim
