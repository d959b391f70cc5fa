#include "src/decay_clock.h"

#include <gtest/gtest.h>

#include <cmath>

namespace els::internal {
namespace {

TEST(DecayClockTest, GrowsByEWithEachMemory) {
  DecayClock clock;
  EXPECT_EQ(clock.growth().factor, 1);
  clock.Advance(1);
  EXPECT_NEAR(clock.growth().factor, 2.718281828459, 1e-12);
  clock.Advance(2);
  EXPECT_NEAR(clock.growth().factor, 20.08553692319, 1e-10);
  EXPECT_EQ(clock.growth().landmark, 0);
}

TEST(DecayClockTest, StandsStillBetweenTicks) {
  DecayClock clock;
  EXPECT_FALSE(clock.Advance(0.9 / 4096));
  EXPECT_EQ(clock.growth().factor, 1);
  EXPECT_TRUE(clock.Advance(0.2 / 4096));
  EXPECT_NEAR(clock.growth().factor, 1.00024417043, 1e-11);  // e^(1/4096)
  EXPECT_FALSE(clock.Advance(0));
}

// A thousand steps of a thousandth of a tick.
TEST(DecayClockTest, LosesNoTimeBetweenTicks) {
  DecayClock clock;
  int ticks = 0;
  for (int i = 0; i < 4'096'000; ++i) ticks += clock.Advance(1e-3 / 4096);
  EXPECT_NEAR(ticks, 4096, 1);
  EXPECT_NEAR(clock.ticked(), 1, 1.0 / 4096);
}

TEST(DecayClockTest, MovesItsLandmarkLongBeforeAnOverflow) {
  DecayClock clock;
  for (int i = 0; i < 5'256'000; ++i) {  // ten years of one-minute memories
    clock.Advance(1);
    ASSERT_LE(clock.growth().factor, 6.3e27);  // e^64
    ASSERT_GE(clock.growth().factor, 1);
  }
  EXPECT_EQ(clock.ticked(), 5'256'000);
  clock.Advance(1e6);
  EXPECT_EQ(clock.growth().factor, 1);
}

}  // namespace
}  // namespace els::internal
