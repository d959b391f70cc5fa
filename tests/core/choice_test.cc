#include "src/index/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "src/index/winner_tree.h"
#include "src/index/word.h"

namespace els::internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNotThere = -1;

constexpr auto kPowerOfTwo = LowerOfTwo;
constexpr auto kWeighted = WeightedRandom;

// How often each slot is chosen, whose words have these scores.
std::vector<int> Counts(std::uint64_t (*choose)(std::size_t, WordAt, Random&),
                        const std::vector<double>& scores, int draws) {
  Random random(1);
  std::vector<int> counts(scores.size());
  const auto word_at = [&](std::size_t slot) {
    return scores[slot] == kNotThere
               ? WinnerTree::kNone
               : MakeWord(false, scores[slot], random.Bits(), 0,
                          static_cast<std::uint32_t>(slot));
  };
  for (int i = 0; i < draws; ++i) {
    ++counts.at(SlotOf(choose(scores.size(), word_at, random)));
  }
  return counts;
}

// Four standard errors of a count of `draws` with probability p.
double FourErrors(int draws, double p) {
  return 4 * std::sqrt(draws * p * (1 - p));
}

TEST(ChanceTest, TakesTheOnlyOne) {
  for (const auto choose : {kPowerOfTwo, kWeighted}) {
    EXPECT_EQ(Counts(choose, {3.0}, 10)[0], 10);
    EXPECT_EQ(Counts(choose, {kInfinity}, 10)[0], 10);
    EXPECT_EQ(Counts(choose, {0.0}, 10)[0], 10);
    EXPECT_EQ(Counts(choose, {kNotThere, 7, kNotThere}, 10)[1], 10);
  }
}

TEST(ChanceTest, FindsNoneWhereThereIsNone) {
  const auto nothing = [](std::size_t) { return WinnerTree::kNone; };
  for (const auto choose : {kPowerOfTwo, kWeighted}) {
    for (const std::size_t slots : {0, 1, 2, 5}) {
      Random random(1);
      EXPECT_EQ(choose(slots, nothing, random), WinnerTree::kNone);
    }
  }
}

// Of n candidates the best wins every pair it is in: 2/n. The second best wins
// those without the best, and so on: 2 (n - rank) / (n (n - 1)).
TEST(PowerOfTwoTest, ComparesTwoDifferentCandidates) {
  constexpr int kDraws = 60'000;
  const std::vector<int> counts = Counts(kPowerOfTwo, {3, 1, 4, 2}, kDraws);
  EXPECT_EQ(counts[2], 0);  // The worst loses every pair.
  EXPECT_NEAR(counts[1], kDraws * 3 / 6, FourErrors(kDraws, 3.0 / 6));
  EXPECT_NEAR(counts[3], kDraws * 2 / 6, FourErrors(kDraws, 2.0 / 6));
  EXPECT_NEAR(counts[0], kDraws * 1 / 6, FourErrors(kDraws, 1.0 / 6));
}

// As often as if the others were not there.
TEST(PowerOfTwoTest, DrawsAgainWhereOneOfTheTwoIsNotToBeHad) {
  constexpr int kDraws = 60'000;
  const std::vector<int> counts =
      Counts(kPowerOfTwo, {kNotThere, 3, 1, kNotThere, kNotThere, 2}, kDraws);
  EXPECT_NEAR(counts[2], kDraws * 2 / 3, FourErrors(kDraws, 2.0 / 3));
  EXPECT_NEAR(counts[5], kDraws * 1 / 3, FourErrors(kDraws, 1.0 / 3));
  EXPECT_EQ(counts[2] + counts[5], kDraws);
}

TEST(PowerOfTwoTest, BreaksTiesEvenly) {
  constexpr int kDraws = 20'000;
  for (const int count : Counts(kPowerOfTwo, {1, 1, 1, 1}, kDraws)) {
    EXPECT_NEAR(count, kDraws / 4, FourErrors(kDraws, 0.25));
  }
}

// Weights 1, 1/2 and 1/4: probabilities 4/7, 2/7 and 1/7.
TEST(WeightedRandomTest, ChoosesInProportionToOneOverTheScore) {
  constexpr int kDraws = 70'000;
  const std::vector<int> counts =
      Counts(kWeighted, {1, kNotThere, 2, 4}, kDraws);
  EXPECT_NEAR(counts[0], 40'000, FourErrors(kDraws, 4.0 / 7));
  EXPECT_NEAR(counts[2], 20'000, FourErrors(kDraws, 2.0 / 7));
  EXPECT_NEAR(counts[3], 10'000, FourErrors(kDraws, 1.0 / 7));
}

TEST(WeightedRandomTest, StandsExtremeScores) {
  EXPECT_EQ(Counts(kWeighted, {kInfinity, 1}, 1000)[0], 0);
  EXPECT_EQ(Counts(kWeighted, {0, 1}, 1000)[1], 0);
  for (const int count : Counts(kWeighted, {kInfinity, kInfinity}, 1000)) {
    EXPECT_NEAR(count, 500, FourErrors(1000, 0.5));
  }
}

}  // namespace
}  // namespace els::internal
