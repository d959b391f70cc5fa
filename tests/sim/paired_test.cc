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

struct Judgement {
  double ratio;
  std::optional<double> half_width;
  Score score;
};

TEST(ScoreOf, NeedsMoreThanTwoPercentAndAnIntervalWithoutOne) {
  const Judgement table[] = {
      {1.021, 0.0, Score::kWin},
      {1.019, 0.0, Score::kTie},
      {1 / 1.021, 0.0, Score::kLoss},
      {1 / 1.019, 0.0, Score::kTie},
      {1, 0.0, Score::kTie},
      // ln 1.1 = 0.09531.
      {1.1, 0.0953, Score::kWin},
      {1.1, 0.0954, Score::kTie},
      {1 / 1.1, 0.0953, Score::kLoss},
      {1 / 1.1, 0.0954, Score::kTie},
      {100, std::nullopt, Score::kTie},
      {0.01, std::nullopt, Score::kTie},
  };
  for (const Judgement& each : table) {
    EXPECT_EQ(ScoreOf({std::log(each.ratio), each.half_width}), each.score)
        << each.ratio << " +- " << each.half_width.value_or(-1);
  }
}

TEST(ScoreOf, SaysItInCapitalsUnlessItIsATie) {
  EXPECT_EQ(ScoreText(Score::kWin), "WIN");
  EXPECT_EQ(ScoreText(Score::kTie), "tie");
  EXPECT_EQ(ScoreText(Score::kLoss), "LOSS");
}

}  // namespace
}  // namespace els_sim
