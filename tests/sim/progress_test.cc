#include "sim/results/progress.h"

#include <gtest/gtest.h>

#include <chrono>

namespace els_sim {
namespace {

using std::chrono::seconds;

TEST(ProgressText, TellsTheTimeLeftAtThePaceSoFar) {
  EXPECT_EQ(ProgressText(10, 30, seconds(4)), "10 of 30 simulations, 8 s left");
  EXPECT_EQ(ProgressText(1, 4, seconds(28)),
            "1 of 4 simulations, 1 min 24 s left");
  EXPECT_EQ(ProgressText(1, 2, seconds(60)),
            "1 of 2 simulations, 1 min 0 s left");
  EXPECT_EQ(ProgressText(7, 7, seconds(70)), "7 of 7 simulations, 0 s left");
}

TEST(ProgressText, NamesWhatItCounts) {
  EXPECT_EQ(ProgressText(2, 3, seconds(4), "shards"),
            "2 of 3 shards, 2 s left");
}

TEST(ProgressText, RoundsUp) {
  EXPECT_EQ(ProgressText(3, 4, seconds(1)), "3 of 4 simulations, 1 s left");
}

}  // namespace
}  // namespace els_sim
