#include "src/decayed_mean.h"

#include <gtest/gtest.h>

#include <cmath>

namespace els::internal {
namespace {

// Readings of a clock that goes from one time asked for to the next.
class Time {
 public:
  const Growth& At(double memories) {
    clock_.Advance(memories - now_);
    now_ = memories;
    return clock_.growth();
  }

 private:
  DecayClock clock_;
  double now_ = 0;
};

// Relative to an observation made now.
double Weight(const DecayedMean& mean, const Growth& now) {
  return mean.ScaledWeight(now) / now.factor;
}

TEST(DecayedMeanTest, IsThePriorBeforeTheFirstObservation) {
  Time time;
  const DecayedMean mean;
  EXPECT_TRUE(mean.empty());
  EXPECT_EQ(mean.Mean(time.At(0), 7, 1), 7);
  EXPECT_EQ(mean.Mean(time.At(1e6), 7, 1), 7);
  EXPECT_EQ(Weight(mean, time.At(0)), 0);
}

// 8 is now e times heavier than 2: (2/e + 8) / (1/e + 1) = 6.386351...
TEST(DecayedMeanTest, AnObservationWeighsETimesLessAfterOneMemory) {
  Time time;
  DecayedMean mean;
  mean.Add(2, time.At(0));
  mean.Add(8, time.At(1));
  EXPECT_NEAR(mean.Mean(), 6.3863514718, 1e-9);
  EXPECT_NEAR(Weight(mean, time.At(1)), 1.3678794412, 1e-9);
  EXPECT_NEAR(Weight(mean, time.At(3)), 0.1851223516, 1e-9);
}

// A weight by elapsed time would give the second of two simultaneous
// observations nothing.
TEST(DecayedMeanTest, ObservationsAtOneInstantCountInFull) {
  Time time;
  DecayedMean mean;
  for (const double value : {1.0, 2.0, 3.0, 6.0}) mean.Add(value, time.At(5));
  EXPECT_DOUBLE_EQ(mean.Mean(), 3);
  EXPECT_DOUBLE_EQ(Weight(mean, time.At(5)), 4);
}

// One observation of 10 at age 0, 1, 2 against a prior of 4 with weight 1:
// (10 w + 4) / (w + 1) with w = 1, 1/e, 1/e^2.
TEST(DecayedMeanTest, DriftsToThePriorWhileNothingIsObserved) {
  Time time;
  DecayedMean mean;
  mean.Add(10, time.At(0));
  EXPECT_DOUBLE_EQ(mean.Mean(time.At(0), 4, 1), 7);
  EXPECT_NEAR(mean.Mean(time.At(1), 4, 1), 5.6136485282, 1e-9);
  EXPECT_NEAR(mean.Mean(time.At(2), 4, 1), 4.7152175319, 1e-9);
  EXPECT_NEAR(mean.Mean(time.At(50), 4, 1), 4, 1e-9);
}

TEST(DecayedMeanTest, TheMeanWithoutPriorDoesNotAge) {
  Time time;
  DecayedMean mean;
  mean.Add(3, time.At(0));
  mean.Add(5, time.At(0));
  EXPECT_DOUBLE_EQ(mean.Mean(), 4);
}

// Time biases of one minute over 30 days and over ten years.
TEST(DecayedMeanTest, NeitherOverflowsNorForgetsAfterYears) {
  for (const double years_in_memories : {43'200.0, 5'256'000.0}) {
    Time time;
    DecayedMean mean;
    double at = 0;
    while (at < years_in_memories) {
      mean.Add(100, time.At(at));
      at += 97;  // beyond the distance at which the landmark moves
    }
    mean.Add(1, time.At(at));
    mean.Add(2, time.At(at));
    EXPECT_DOUBLE_EQ(mean.Mean(), 1.5);
    EXPECT_DOUBLE_EQ(Weight(mean, time.At(at)), 2);
    EXPECT_EQ(Weight(mean, time.At(at + 1e9)), 0);
    EXPECT_EQ(mean.Mean(time.At(at + 1e9), 9, 1), 9);
  }
}

// The landmark moves during the sequence; the definition, a sum over all
// observations, knows none.
TEST(DecayedMeanTest, MovingTheLandmarkChangesNothing) {
  Time time;
  DecayedMean mean;
  double sum = 0;
  double weight = 0;
  constexpr double kEnd = 200;
  for (double at = 0; at <= kEnd; at += 0.375) {
    const double value = 5 + std::sin(at);
    mean.Add(value, time.At(at));
    sum += std::exp(at - kEnd) * value;
    weight += std::exp(at - kEnd);
  }
  EXPECT_NEAR(mean.Mean(), sum / weight, 1e-12);
  EXPECT_NEAR(Weight(mean, time.At(kEnd)), weight, 1e-12);
}

}  // namespace
}  // namespace els::internal
