#include "sim/model/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "els/random.h"
#include "sim/model/streams.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Histogram Of(const std::vector<Duration>& durations) {
  Histogram histogram;
  for (const Duration duration : durations) histogram.Add(duration);
  return histogram;
}

Histogram UpTo(int n) {
  Histogram histogram;
  for (int i = 1; i <= n; ++i) histogram.Add(Duration(i));
  return histogram;
}

TEST(Histogram, TakesTheCeilingOfTheRank) {
  EXPECT_EQ(UpTo(1).Quantile(500), Duration(1));
  EXPECT_EQ(UpTo(4).Quantile(500), Duration(2));
  EXPECT_EQ(UpTo(5).Quantile(500), Duration(3));
  EXPECT_EQ(UpTo(7).Quantile(900), Duration(7));
  EXPECT_EQ(UpTo(10).Quantile(900), Duration(9));
  EXPECT_EQ(UpTo(10).Quantile(990), Duration(10));
  EXPECT_EQ(UpTo(1000).Quantile(999), Duration(999));
  EXPECT_EQ(UpTo(1001).Quantile(999), Duration(1000));
  EXPECT_EQ(UpTo(2000).Quantile(1), Duration(2));
}

TEST(Histogram, IsExactWhereAllInABucketAreEqual) {
  const Histogram histogram = Of(
      {seconds(35), milliseconds(1001), milliseconds(1001), seconds(86'400)});
  EXPECT_EQ(histogram.Quantile(250), milliseconds(1001));
  EXPECT_EQ(histogram.Quantile(750), seconds(35));
  EXPECT_EQ(histogram.Quantile(1000), seconds(86'400));
  EXPECT_DOUBLE_EQ(histogram.Mean() / milliseconds(1),
                   (35'000 + 2 * 1001 + 86'400'000) / 4.0);
}

TEST(Histogram, IsWithinAThousandthOfEveryQuantile) {
  els::Random random(1);
  std::vector<Duration> all;
  double sum_ns = 0;
  for (int i = 0; i < 100'000; ++i) {
    all.push_back(Exponential(milliseconds(40), random));
    sum_ns += FractionalDuration(all.back()).count();
  }
  const Histogram histogram = Of(all);
  std::sort(all.begin(), all.end());
  for (std::size_t p = 1; p <= 1000; ++p) {
    const FractionalDuration exact = all[all.size() * p / 1000 - 1];
    EXPECT_NEAR(FractionalDuration(histogram.Quantile(p)).count(),
                exact.count(), 0.001 * exact.count())
        << p;
  }
  EXPECT_NEAR(histogram.Mean().count(), sum_ns / 100'000, 1e-3);
}

TEST(Histogram, MergesToWhatAllTogetherHave) {
  Histogram merged = Of({seconds(1), seconds(2)});
  merged.Merge(Of({milliseconds(1), seconds(900)}));
  EXPECT_EQ(merged,
            Of({seconds(900), seconds(1), milliseconds(1), seconds(2)}));
}

TEST(Histogram, IsTheSameFromItsLine) {
  const Histogram histogram =
      Of({seconds(1), seconds(1), Duration(0), Duration(1), seconds(86'400)});
  EXPECT_EQ(Histogram::FromLine(histogram.Line()), histogram);
  EXPECT_EQ(Of({Duration(2), Duration(2)}).Line(), "2 2 0");
  EXPECT_EQ(Histogram::FromLine(""), Histogram());
}

TEST(Histogram, HasNoLineWithHalfABucketNoneInItOrOneTwice) {
  for (const char* line : {"1", "1 2", "1 2 0 3", "1 0 0", "2 1 0 1 1 0",
                           "2 1 0 2 1 0", "1 x 0", "-1 1 0", "99999999 1 0"}) {
    EXPECT_EQ(Histogram::FromLine(line), std::nullopt) << line;
  }
}

TEST(Histogram, OfNothingIsZero) {
  EXPECT_TRUE(Histogram().empty());
  EXPECT_EQ(Histogram().Mean().count(), 0);
  EXPECT_EQ(Histogram().Quantile(999), Duration());
}

}  // namespace
}  // namespace els_sim
