#include "src/decayed_mean.h"

#include <gtest/gtest.h>

#include <cmath>

namespace els::internal {
namespace {

TEST(DecayedMeanTest, IsThePriorBeforeTheFirstObservation) {
  const DecayedMean mean;
  EXPECT_TRUE(mean.empty());
  EXPECT_EQ(mean.Mean(0, 7, 1), 7);
  EXPECT_EQ(mean.Mean(1e6, 7, 1), 7);
  EXPECT_EQ(mean.Weight(0), 0);
}

// 8 is now e times heavier than 2: (2/e + 8) / (1/e + 1) = 6.386351...
TEST(DecayedMeanTest, AnObservationWeighsETimesLessAfterOneMemory) {
  DecayedMean mean;
  mean.Add(2, 0);
  mean.Add(8, 1);
  EXPECT_NEAR(mean.Mean(), 6.3863514718, 1e-9);
  EXPECT_NEAR(mean.Weight(1), 1.3678794412, 1e-9);
  EXPECT_NEAR(mean.Weight(3), 0.1851223516, 1e-9);
}

// A weight by elapsed time would give the second of two simultaneous
// observations nothing.
TEST(DecayedMeanTest, ObservationsAtOneInstantCountInFull) {
  DecayedMean mean;
  for (const double value : {1.0, 2.0, 3.0, 6.0}) mean.Add(value, 5);
  EXPECT_DOUBLE_EQ(mean.Mean(), 3);
  EXPECT_DOUBLE_EQ(mean.Weight(5), 4);
}

// One observation of 10 at age 0, 1, 2 against a prior of 4 with weight 1:
// (10 w + 4) / (w + 1) with w = 1, 1/e, 1/e^2.
TEST(DecayedMeanTest, DriftsToThePriorWhileNothingIsObserved) {
  DecayedMean mean;
  mean.Add(10, 0);
  EXPECT_DOUBLE_EQ(mean.Mean(0, 4, 1), 7);
  EXPECT_NEAR(mean.Mean(1, 4, 1), 5.6136485282, 1e-9);
  EXPECT_NEAR(mean.Mean(2, 4, 1), 4.7152175319, 1e-9);
  EXPECT_NEAR(mean.Mean(50, 4, 1), 4, 1e-9);
}

TEST(DecayedMeanTest, TheMeanWithoutPriorDoesNotAge) {
  DecayedMean mean;
  mean.Add(3, 0);
  mean.Add(5, 0);
  EXPECT_DOUBLE_EQ(mean.Mean(), 4);
}

// Time biases of one minute over 30 days and over ten years.
TEST(DecayedMeanTest, NeitherOverflowsNorForgetsAfterYears) {
  for (const double years_in_memories : {43'200.0, 5'256'000.0}) {
    DecayedMean mean;
    double at = 0;
    while (at < years_in_memories) {
      mean.Add(100, at);
      at += 97;  // beyond the distance at which the landmark moves
    }
    mean.Add(1, at);
    mean.Add(2, at);
    EXPECT_DOUBLE_EQ(mean.Mean(), 1.5);
    EXPECT_DOUBLE_EQ(mean.Weight(at), 2);
    EXPECT_EQ(mean.Weight(at + 1e9), 0);
    EXPECT_EQ(mean.Mean(at + 1e9, 9, 1), 9);
  }
}

// The landmark moves during the sequence; the definition, a sum over all
// observations, knows none.
TEST(DecayedMeanTest, MovingTheLandmarkChangesNothing) {
  DecayedMean mean;
  double sum = 0;
  double weight = 0;
  constexpr double kEnd = 200;
  for (double at = 0; at <= kEnd; at += 0.37) {
    const double value = 5 + std::sin(at);
    mean.Add(value, at);
    sum += std::exp(at - kEnd) * value;
    weight += std::exp(at - kEnd);
  }
  EXPECT_NEAR(mean.Mean(), sum / weight, 1e-12);
  EXPECT_NEAR(mean.Weight(kEnd), weight, 1e-12);
}

}  // namespace
}  // namespace els::internal
