#include "sim/results/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace els_sim {
namespace {

TEST(StudentFactor, IsThatOfThePrintedTables) {
  EXPECT_NEAR(StudentFactor(2), 12.706, 5e-4);
  EXPECT_NEAR(StudentFactor(3), 4.303, 5e-4);
  EXPECT_NEAR(StudentFactor(5), 2.776, 5e-4);
  EXPECT_NEAR(StudentFactor(20), 2.093, 5e-4);
  EXPECT_NEAR(StudentFactor(121), 1.980, 5e-4);
}

TEST(EstimateRatio, IsWhatTheHandCalculates) {
  // Ratios 2, 4 and 8: the logarithms are 1, 2 and 3 times ln 2. Their mean is
  // 2 ln 2, their standard deviation ln 2, and the standard error of the mean
  // ln 2 / sqrt(3) = 0.400189; times 4.302653 that is 1.721873.
  const std::vector<double> costs = {0.2, 2, 24};
  const std::vector<double> base = {0.1, 0.5, 3};
  const LogRatio ratio = EstimateRatio(LogRatios(costs, base));
  EXPECT_NEAR(ratio.Ratio(), 4, 1e-12);
  ASSERT_TRUE(ratio.half_width.has_value());
  EXPECT_NEAR(*ratio.half_width, 1.721873, 1e-6);
  EXPECT_NEAR(ratio.Low(), 0.714926, 1e-5);    // 4 / 5.595
  EXPECT_NEAR(ratio.High(), 22.379949, 1e-3);  // 4 * 5.595
}

TEST(EstimateRatio, HasNoWidthWhereAllSeedsAgree) {
  const std::vector<std::optional<double>> same = {0.5, 0.5, 0.5};
  EXPECT_EQ(EstimateRatio(same).mean, 0.5);
  EXPECT_EQ(EstimateRatio(same).half_width, 0);
}

TEST(EstimateRatio, HasNoIntervalOfFewerThanTwoPairs) {
  EXPECT_FALSE(EstimateRatio(LogRatios({}, {})).half_width.has_value());
  EXPECT_EQ(EstimateRatio(LogRatios({}, {})).mean, 0);
  const LogRatio one = EstimateRatio(LogRatios({3.0}, {1.0}));
  EXPECT_NEAR(one.Ratio(), 3, 1e-12);
  EXPECT_FALSE(one.half_width.has_value());
}

TEST(EstimateRatio, LeavesOutSeedsWithoutARequest) {
  const auto ratios = LogRatios({2.0, 0.0, 2.0}, {1.0, 0.0, 1.0});
  EXPECT_FALSE(ratios[1].has_value());
  EXPECT_NEAR(EstimateRatio(ratios).Ratio(), 2, 1e-12);
  EXPECT_TRUE(EstimateRatio(ratios).half_width.has_value());
}

TEST(EstimateRatio, HasThePValueThatTheHandCalculates) {
  // With two degrees of freedom 1 - t / sqrt(2 + t^2), here t^2 = 12.
  const std::vector<std::optional<double>> three = {1, 2, 3};
  EXPECT_NEAR(EstimateRatio(three).p_value.value(), 0.0741799, 5e-7);
  // With one of freedom, the tail beyond t is 1/2 - atan(t) / pi, here of 1.
  const std::vector<std::optional<double>> two = {0, 2};
  EXPECT_NEAR(EstimateRatio(two).p_value.value(), 0.5, 1e-12);
  const std::vector<std::optional<double>> opposite = {-2, 0};
  EXPECT_NEAR(EstimateRatio(opposite).p_value.value(), 0.5, 1e-12);
}

TEST(EstimateRatio, IsSureOrNotAtAllWhereAllSeedsAgree) {
  const std::vector<std::optional<double>> same = {0.5, 0.5, 0.5};
  EXPECT_EQ(EstimateRatio(same).p_value, 0);
  const std::vector<std::optional<double>> equal = {0, 0};
  EXPECT_EQ(EstimateRatio(equal).p_value, 1);
  EXPECT_FALSE(EstimateRatio(LogRatios({3.0}, {1.0})).p_value.has_value());
}

using PValues = std::vector<std::optional<double>>;

TEST(HolmAdjusted, IsWhatTheHandCalculates) {
  // In order .005, .01, .03, .04: times 4, 3, 2 and 1, the last raised to the
  // one before.
  const PValues adjusted = HolmAdjusted(PValues{0.01, 0.04, 0.03, 0.005});
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(adjusted[i].value(), expected[i], 1e-12) << i;
  }
}

TEST(HolmAdjusted, NeitherCountsNorGivesWhatIsNotThere) {
  const PValues adjusted =
      HolmAdjusted(PValues{std::nullopt, 0.02, std::nullopt, 0.9});
  EXPECT_FALSE(adjusted[0].has_value());
  EXPECT_NEAR(adjusted[1].value(), 0.04, 1e-12);
  EXPECT_NEAR(adjusted[3].value(), 0.9, 1e-12);
  EXPECT_EQ(HolmAdjusted(PValues{0.7, 0.8}), (PValues{1.0, 1.0}));
  EXPECT_TRUE(HolmAdjusted(PValues()).empty());
}

struct Judgement {
  double ratio;
  std::optional<double> p_value;
  Score score;
};

TEST(ScoreOf, NeedsMoreThanTwoPercentAndChanceToBeUnlikely) {
  const Judgement table[] = {
      {1.021, 0.0, Score::kWin},
      {1.019, 0.0, Score::kTie},
      {1 / 1.021, 0.0, Score::kLoss},
      {1 / 1.019, 0.0, Score::kTie},
      {1, 0.0, Score::kTie},
      {1.1, 0.0499, Score::kWin},
      {1.1, 0.0501, Score::kTie},
      {1 / 1.1, 0.0499, Score::kLoss},
      {1 / 1.1, 0.0501, Score::kTie},
      {100, std::nullopt, Score::kTie},
      {0.01, std::nullopt, Score::kTie},
  };
  for (const Judgement& each : table) {
    EXPECT_EQ(ScoreOf({std::log(each.ratio)}, each.p_value), each.score)
        << each.ratio << ", " << each.p_value.value_or(-1);
  }
}

TEST(ScoreOf, SaysItInCapitalsUnlessItIsATie) {
  EXPECT_EQ(ScoreText(Score::kWin), "WIN");
  EXPECT_EQ(ScoreText(Score::kTie), "tie");
  EXPECT_EQ(ScoreText(Score::kLoss), "LOSS");
}

}  // namespace
}  // namespace els_sim
