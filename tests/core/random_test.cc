#include "els/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace els {
namespace {

// The state is what SplitMix64 gives from 1234567, its published test vector;
// the outputs were worked out from the definition in unbounded integers.
TEST(RandomTest, FollowsThePublishedSequence) {
  Random random(1234567);
  EXPECT_EQ(random.Bits(), 437095814655224680u);
  EXPECT_EQ(random.Bits(), 8127161015984454572u);
  EXPECT_EQ(random.Bits(), 18128670339019551454u);
}

TEST(RandomTest, UniformIsBelowOneAndHasItsMeanAndVariance) {
  Random random(1);
  constexpr int kDraws = 1'000'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.Uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }
  // Four standard errors: sqrt(1/12/n), and sqrt(4/45/n) for the square.
  EXPECT_NEAR(sum / kDraws, 0.5, 4 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 4 * std::sqrt(4.0 / 45 / kDraws));
}

// Where n is two thirds of 2^64, a plain remainder would give the lower half
// twice as often as the upper.
TEST(RandomTest, BelowDoesNotFavourLowNumbers) {
  Random random(2);
  constexpr std::uint64_t kN = 0xaaaaaaaaaaaaaaaa;
  constexpr int kDraws = 100'000;
  int low = 0;
  for (int i = 0; i < kDraws; ++i) low += random.Below(kN) < kN / 2;
  EXPECT_NEAR(low, kDraws / 2.0, 4 * std::sqrt(kDraws / 4.0));
}

TEST(RandomTest, BelowGivesEachNumberItsShare) {
  Random random(3);
  constexpr int kDraws = 70'000;
  std::array<int, 7> counts = {};
  for (int i = 0; i < kDraws; ++i) ++counts[random.Below(7)];
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 4 * std::sqrt(kDraws * (1.0 / 7) * (6.0 / 7)));
  }
}

TEST(RandomTest, SeedsNextToEachOtherGiveDifferentSequences) {
  Random one(1);
  Random two(2);
  int equal = 0;
  for (int i = 0; i < 1000; ++i) equal += one.Bits() == two.Bits();
  EXPECT_EQ(equal, 0);
}

}  // namespace
}  // namespace els
