#include "src/score/ticks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace els::internal {
namespace {

TEST(DecayTest, IsTheExponential) {
  for (Ticks passed = 0; passed < 64 * 4096; ++passed) {
    const double expected = std::exp(-static_cast<double>(passed) / 4096);
    ASSERT_NEAR(Decay(passed), expected, 1e-14 * expected) << passed;
  }
}

TEST(DecayTest, LeavesAllAtOnceAndNothingAfterSixtyFourMemories) {
  EXPECT_EQ(Decay(0), 1);
  EXPECT_GT(Decay(64 * 4096 - 1), 0);
  EXPECT_EQ(Decay(64 * 4096), 0);
  EXPECT_EQ(Decay(~Ticks{0}), 0);
}

// So that the tables take no time at the start of a program.
static_assert(Decay(4096) > 0.3678 && Decay(4096) < 0.3679);

}  // namespace
}  // namespace els::internal
