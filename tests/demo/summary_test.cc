#include "examples/demo/summary.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tests/demo/samples.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

TEST(Ranking, TakesTheNearestRank) {
  const Ranking four(
      std::vector{Answered(30), Answered(10), Answered(40), Answered(20)});
  EXPECT_EQ(four.Quantile(0.01), milliseconds(10));
  EXPECT_EQ(four.Quantile(0.25), milliseconds(10));
  EXPECT_EQ(four.Quantile(0.26), milliseconds(20));
  EXPECT_EQ(four.Quantile(0.50), milliseconds(20));
  EXPECT_EQ(four.Quantile(0.75), milliseconds(30));
  EXPECT_EQ(four.Quantile(0.76), milliseconds(40));
  EXPECT_EQ(four.Quantile(1.00), milliseconds(40));
}

TEST(Ranking, PutsEveryFailureBehindEverySuccess) {
  // 98 successes of 1 to 98 ms and two failures: ranks 99 and 100 failed.
  const Ranking ranking(Ladder(98, 2));
  EXPECT_EQ(ranking.Quantile(0.50), milliseconds(50));
  EXPECT_EQ(ranking.Quantile(0.98), milliseconds(98));
  EXPECT_EQ(ranking.Quantile(0.99), std::nullopt);
  EXPECT_EQ(ranking.Quantile(1.00), std::nullopt);
  EXPECT_DOUBLE_EQ(ranking.ErrorRatio(), 0.02);
}

TEST(Ranking, HasNoQuantileWhereEverythingFailed) {
  const Ranking ranking(Ladder(0, 3));
  EXPECT_EQ(ranking.Quantile(0.01), std::nullopt);
  EXPECT_EQ(ranking.ErrorRatio(), 1);
}

TEST(Ranking, OfNothingHasNoQuantileAndNoErrors) {
  const Ranking ranking({});
  EXPECT_EQ(ranking.Quantile(0.5), std::nullopt);
  EXPECT_EQ(ranking.ErrorRatio(), 0);
}

TEST(Share, IsThePartOfAllAttempts) {
  const PolicyResult result{"p", {}, {{"a", 30}, {"b", 10}, {"c", 0}}};
  EXPECT_EQ(Share(result, 0), 0.75);
  EXPECT_EQ(Share(result, 1), 0.25);
  EXPECT_EQ(Share(result, 2), 0);
}

TEST(Share, OfNoAttemptsIsZero) {
  EXPECT_EQ(Share({"p", {}, {{"a", 0}}}, 0), 0);
}

TEST(BySecond, GoesByWhenARequestWasDueNotByItsAnswer) {
  const auto by_second =
      BySecond(std::vector{Answered(5000, 999), Failed(2000), Answered(1, 1)});
  ASSERT_EQ(by_second.size(), 3u);
  EXPECT_EQ(by_second[0].size(), 2u);
  EXPECT_EQ(by_second[1].size(), 0u);
  ASSERT_EQ(by_second[2].size(), 1u);
  EXPECT_FALSE(by_second[2][0].ok);
}

TEST(GeneratorLateness, IsAQuantileOverFailuresToo) {
  std::vector<Sample> samples(4);
  for (int i = 0; i < 4; ++i) samples[i].late = milliseconds(4 - i);
  EXPECT_EQ(GeneratorLateness(samples, 0.5), milliseconds(2));
  EXPECT_EQ(GeneratorLateness(samples, 0.99), milliseconds(4));
}

}  // namespace
}  // namespace demo
