#include "src/choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace els::internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Choice kAll[] = {Choice::kLowest, Choice::kPowerOfTwo,
                           Choice::kWeightedRandom};

// How often each candidate is chosen.
std::vector<int> Counts(Choice choice, const std::vector<double>& scores,
                        int draws, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<int> counts(scores.size());
  for (int i = 0; i < draws; ++i) {
    ++counts[Choose(
        choice, scores.size(), [&](std::size_t c) { return scores[c]; },
        random)];
  }
  return counts;
}

// Four standard errors of a count of `draws` with probability p.
double FourErrors(int draws, double p) {
  return 4 * std::sqrt(draws * p * (1 - p));
}

TEST(ChooseTest, TakesTheOnlyOne) {
  for (const Choice choice : kAll) {
    EXPECT_EQ(Counts(choice, {3.0}, 10)[0], 10);
    EXPECT_EQ(Counts(choice, {kInfinity}, 10)[0], 10);
    EXPECT_EQ(Counts(choice, {0.0}, 10)[0], 10);
  }
}

TEST(LowestTest, TakesTheLowestWhereverItStands) {
  EXPECT_EQ(Counts(Choice::kLowest, {1, 2, 3}, 100), std::vector({100, 0, 0}));
  EXPECT_EQ(Counts(Choice::kLowest, {2, 1, 3}, 100), std::vector({0, 100, 0}));
  EXPECT_EQ(Counts(Choice::kLowest, {kInfinity, 3, 2}, 100),
            std::vector({0, 0, 100}));
}

TEST(LowestTest, BreaksTiesEvenly) {
  constexpr int kDraws = 30'000;
  const std::vector<int> counts =
      Counts(Choice::kLowest, {5, 1, 1, 9, 1}, kDraws);
  EXPECT_EQ(counts[0] + counts[3], 0);
  for (const std::size_t tied : {1, 2, 4}) {
    EXPECT_NEAR(counts[tied], kDraws / 3, FourErrors(kDraws, 1.0 / 3));
  }
}

TEST(LowestTest, DrawsNothingWithoutATie) {
  Random random(1);
  Random untouched(1);
  Choose(
      Choice::kLowest, 3, [](std::size_t i) { return static_cast<double>(i); },
      random);
  EXPECT_EQ(random.Bits(), untouched.Bits());
}

// Of n candidates the best wins every pair it is in: 2/n. The second best wins
// those without the best, and so on: 2 (n - rank) / (n (n - 1)).
TEST(PowerOfTwoTest, ComparesTwoDifferentCandidates) {
  constexpr int kDraws = 60'000;
  const std::vector<int> counts =
      Counts(Choice::kPowerOfTwo, {3, 1, 4, 2}, kDraws);
  EXPECT_EQ(counts[2], 0);  // The worst loses every pair.
  EXPECT_NEAR(counts[1], kDraws * 3 / 6, FourErrors(kDraws, 3.0 / 6));
  EXPECT_NEAR(counts[3], kDraws * 2 / 6, FourErrors(kDraws, 2.0 / 6));
  EXPECT_NEAR(counts[0], kDraws * 1 / 6, FourErrors(kDraws, 1.0 / 6));
}

TEST(PowerOfTwoTest, BreaksTiesEvenly) {
  constexpr int kDraws = 20'000;
  for (const int count : Counts(Choice::kPowerOfTwo, {1, 1, 1, 1}, kDraws)) {
    EXPECT_NEAR(count, kDraws / 4, FourErrors(kDraws, 0.25));
  }
}

// Weights 1, 1/2 and 1/4: probabilities 4/7, 2/7 and 1/7.
TEST(WeightedRandomTest, ChoosesInProportionToOneOverTheScore) {
  constexpr int kDraws = 70'000;
  const std::vector<int> counts =
      Counts(Choice::kWeightedRandom, {1, 2, 4}, kDraws);
  EXPECT_NEAR(counts[0], 40'000, FourErrors(kDraws, 4.0 / 7));
  EXPECT_NEAR(counts[1], 20'000, FourErrors(kDraws, 2.0 / 7));
  EXPECT_NEAR(counts[2], 10'000, FourErrors(kDraws, 1.0 / 7));
}

TEST(WeightedRandomTest, StandsExtremeScores) {
  EXPECT_EQ(Counts(Choice::kWeightedRandom, {kInfinity, 1}, 1000)[0], 0);
  EXPECT_EQ(Counts(Choice::kWeightedRandom, {0, 1}, 1000)[1], 0);
  for (const int count :
       Counts(Choice::kWeightedRandom, {kInfinity, kInfinity}, 1000)) {
    EXPECT_NEAR(count, 500, FourErrors(1000, 0.5));
  }
}

}  // namespace
}  // namespace els::internal
