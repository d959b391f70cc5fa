// Buckets, quantiles and decay, with figures by hand.

#include "src/api/latency_histogram.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace els::internal {
namespace {

using Histogram = LatencyHistogram;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kLongest = std::int64_t{1} << 41;

// The lowest edge that at most a part `above` is above.
std::optional<std::int64_t> Quantile(const Histogram& histogram, double above) {
  return histogram.EdgeBelow(above, Histogram(), 0);
}

TEST(LatencyHistogramTest, ABucketEndsAtItsEdge) {
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    const std::int64_t edge = Histogram::Edge(bucket);
    ASSERT_EQ(Histogram::BucketOf(edge), bucket);
    if (bucket + 1 < Histogram::kBuckets) {
      ASSERT_EQ(Histogram::BucketOf(edge + 1), bucket + 1);
    }
  }
}

// From 2048 ns, in steps of 256 ns, and so on up to 2^41 ns.
TEST(LatencyHistogramTest, EdgesAreAnEighthOfAPowerOfTwoApart) {
  EXPECT_EQ(Histogram::Edge(0), 2304);
  EXPECT_EQ(Histogram::Edge(7), 4096);
  EXPECT_EQ(Histogram::Edge(8), 4608);
  EXPECT_EQ(Histogram::Edge(Histogram::kBuckets - 1), kLongest);
  for (std::size_t bucket = 1; bucket < Histogram::kBuckets; ++bucket) {
    const std::int64_t below = Histogram::Edge(bucket - 1);
    ASSERT_LE(Histogram::Edge(bucket), below + below / 8);
  }
}

TEST(LatencyHistogramTest, WhatIsOutOfRangeCountsAsTheNearestThatIsNot) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t latency : {kLeast, std::int64_t{-1}, std::int64_t{0},
                                     std::int64_t{1}, std::int64_t{2304}}) {
    EXPECT_EQ(Histogram::BucketOf(latency), 0U) << latency;
  }
  EXPECT_EQ(Histogram::BucketOf(kLongest + 1), Histogram::kBuckets - 1);
  EXPECT_EQ(Histogram::BucketOf(kMost), Histogram::kBuckets - 1);
}

TEST(LatencyHistogramTest, NothingHasNoQuantile) {
  EXPECT_EQ(Quantile(Histogram(), 0.05), std::nullopt);
  EXPECT_EQ(Histogram().EdgeBelow(0.05, Histogram(), 20), std::nullopt);
}

// Latencies that are edges: 96, 97, 98, 99 and 100 of them are above the 95th.
TEST(LatencyHistogramTest, AtMostThePartIsAboveTheQuantile) {
  Histogram histogram;
  for (std::size_t i = 1; i <= 100; ++i) histogram.Add(Histogram::Edge(i));
  EXPECT_EQ(histogram.weight(), 100);
  EXPECT_EQ(Quantile(histogram, 0.0501), Histogram::Edge(95));
  EXPECT_EQ(Quantile(histogram, 0.0499), Histogram::Edge(96));
  EXPECT_EQ(Quantile(histogram, 0.5001), Histogram::Edge(50));
  EXPECT_EQ(Quantile(histogram, 0.001), Histogram::Edge(100));
}

// 10 ms is 9.54 times 2^20 ns.
TEST(LatencyHistogramTest, OfEqualLatenciesEveryQuantileIsTheEdgeAbove) {
  Histogram histogram;
  for (int i = 0; i < 1000; ++i) histogram.Add(10 * kMs);
  for (const double above : {0.5, 0.05, 0.001}) {
    EXPECT_EQ(Quantile(histogram, above), std::int64_t{10} << 20);
  }
}

// 10 latencies of its own and 30 of others: a quarter is above the 30. Then as
// many above.
TEST(LatencyHistogramTest, OthersAreMixedInByTheWeightThatTheyAreGiven) {
  Histogram own;
  for (int i = 0; i < 10; ++i) own.Add(Histogram::Edge(100));
  Histogram others;
  for (int i = 0; i < 1000; ++i) others.Add(Histogram::Edge(50));
  EXPECT_EQ(own.EdgeBelow(0.26, others, 30), Histogram::Edge(50));
  EXPECT_EQ(own.EdgeBelow(0.24, others, 30), Histogram::Edge(100));
  EXPECT_EQ(Histogram().EdgeBelow(0.05, others, 20), Histogram::Edge(50));
  EXPECT_EQ(others.EdgeBelow(0.05, own, 20), Histogram::Edge(50));
}

TEST(LatencyHistogramTest, AWeightIsHalvedFromOnePeriodToTheNext) {
  Histogram histogram;
  for (int i = 0; i < 80; ++i) histogram.Add(Histogram::Edge(100));
  histogram.FadeTo(2, 1);
  EXPECT_EQ(histogram.weight(), 20);
  for (int i = 0; i < 20; ++i) histogram.Add(Histogram::Edge(50));
  EXPECT_EQ(Quantile(histogram, 0.51), Histogram::Edge(50));
  EXPECT_EQ(Quantile(histogram, 0.49), Histogram::Edge(100));
  histogram.FadeTo(1, 1);
  EXPECT_EQ(histogram.weight(), 40);
  EXPECT_EQ(histogram.WeightAt(1), 40);
  EXPECT_EQ(histogram.WeightAt(5), 5);
}

TEST(LatencyHistogramTest, IsNotHalvedToLessThanTheLeast) {
  Histogram histogram;
  for (int i = 0; i < 100; ++i) histogram.Add(kMs);
  histogram.FadeTo(1'000'000, 20);
  EXPECT_EQ(histogram.weight(), 25);
  // The halvings that were spared are not made up for.
  for (int i = 0; i < 15; ++i) histogram.Add(kMs);
  histogram.FadeTo(1'000'001, 20);
  EXPECT_EQ(histogram.weight(), 20);
}

// After 200 periods a weight counts as halved 200 times, which is as good as
// any other number.
TEST(LatencyHistogramTest, NoPeriodIsTooFar) {
  Histogram histogram;
  histogram.Add(kMs);
  EXPECT_LT(histogram.WeightAt(std::numeric_limits<std::int64_t>::max()),
            1e-60);
  histogram.FadeTo(std::numeric_limits<std::int64_t>::max(), 1e-300);
  EXPECT_LT(histogram.weight(), 1e-60);
  for (int i = 0; i < 3; ++i) histogram.Add(kMs);
  EXPECT_EQ(Quantile(histogram, 0.05),
            Histogram::Edge(Histogram::BucketOf(kMs)));
}

// Floats would stop to count at 2^24.
TEST(LatencyHistogramTest, CountsHoweverManyThereAre) {
  const auto histogram = std::make_unique<Histogram>();
  for (int i = 0; i < 20'000'000; ++i) histogram->Add(Histogram::Edge(50));
  EXPECT_LE(histogram->weight(), Histogram::kMostWeight);
  for (int i = 0; i < 1'000'000; ++i) histogram->Add(Histogram::Edge(100));
  EXPECT_EQ(Quantile(*histogram, 0.4), Histogram::Edge(100));
}

}  // namespace
}  // namespace els::internal
