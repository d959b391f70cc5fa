// Costs and times that are wrong, extreme, or far from all others.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "els/random.h"
#include "els/work_estimator.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using Limits = std::numeric_limits<double>;

constexpr double kHuge = Limits::max();
constexpr double kTiny = Limits::denorm_min();

// An estimator that knows a key "a" of mean 4, and "b" of mean 2.
class WorkEstimatorRobustnessTest : public testing::Test {
 protected:
  WorkEstimatorRobustnessTest() {
    for (int i = 0; i < 100; ++i) {
      estimator_.Learn("a", 4, clock_.now());
      estimator_.Learn("b", 2, clock_.now());
    }
  }

  VirtualClock clock_;
  WorkEstimator estimator_;
};

struct Row {
  std::string name;
  double cost;
};

std::string NameOf(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

class CostThatIsNone : public WorkEstimatorRobustnessTest,
                       public testing::WithParamInterface<Row> {};

TEST_P(CostThatIsNone, IsIgnored) {
  const double a = estimator_.Work("a");
  const double b = estimator_.Work("b");
  estimator_.Learn("a", GetParam().cost, clock_.Advance(minutes(1)));
  estimator_.Learn("new", GetParam().cost, clock_.now());
  EXPECT_EQ(estimator_.Work("a"), a);
  EXPECT_EQ(estimator_.Work("b"), b);
  EXPECT_EQ(estimator_.Work("new"), 1);
}

TEST_P(CostThatIsNone, IsIgnoredAsTheFirst) {
  WorkEstimator estimator;
  estimator.Learn("a", GetParam().cost, clock_.now());
  EXPECT_EQ(estimator.Work("a"), 1);
  estimator.Learn("b", 2, clock_.now());
  EXPECT_EQ(estimator.Work("a"), 1);
  EXPECT_EQ(estimator.Work("b"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    All, CostThatIsNone,
    testing::Values(Row{"NaN", Limits::quiet_NaN()},
                    Row{"NegativeNaN", -Limits::quiet_NaN()},
                    Row{"Infinity", Limits::infinity()},
                    Row{"NegativeInfinity", -Limits::infinity()},
                    Row{"MinusOne", -1}, Row{"MinusTheLeast", -kTiny},
                    Row{"MinusTheMost", -kHuge}),
    NameOf);

class ExtremeCost : public WorkEstimatorRobustnessTest,
                    public testing::WithParamInterface<Row> {
 protected:
  static void ExpectInRange(const WorkEstimator& estimator) {
    for (const char* const key : {"a", "b", "extreme", "unknown"}) {
      EXPECT_GE(estimator.Work(key), 1.0 / 4096) << key;
      EXPECT_LE(estimator.Work(key), 1e6) << key;
    }
    EXPECT_EQ(estimator.Work("unknown"), 1);
  }
};

TEST_P(ExtremeCost, OnceIsInRange) {
  estimator_.Learn("extreme", GetParam().cost, clock_.now());
  ExpectInRange(estimator_);
}

TEST_P(ExtremeCost, OftenIsInRange) {
  for (int i = 0; i < 10'000; ++i) {
    estimator_.Learn("extreme", GetParam().cost,
                     clock_.Advance(milliseconds(i % 300)));
    if (i % 100 == 0) ExpectInRange(estimator_);
  }
  ExpectInRange(estimator_);
}

TEST_P(ExtremeCost, AsTheFirstIsInRange) {
  WorkEstimator estimator;
  for (int i = 0; i < 1000; ++i) {
    estimator.Learn("extreme", GetParam().cost, clock_.now());
    ExpectInRange(estimator);
  }
  for (const Row& other : {Row{"b", 1}, Row{"a", kHuge}, Row{"b", kTiny}}) {
    for (int i = 0; i < 1000; ++i) {
      estimator.Learn(other.name, other.cost,
                      clock_.Advance(milliseconds(i % 300)));
      ExpectInRange(estimator);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExtremeCost,
                         testing::Values(Row{"Zero", 0}, Row{"MinusZero", -0.0},
                                         Row{"Least", kTiny},
                                         Row{"LeastNormal", Limits::min()},
                                         Row{"HighestThatCounts", 1e100},
                                         Row{"Highest", kHuge}),
                         NameOf);

TEST_F(WorkEstimatorRobustnessTest, ACostOfZeroIsACost) {
  WorkEstimator estimator;
  estimator.Learn("free", 0, clock_.now());
  EXPECT_EQ(estimator.Work("free"), 1);  // All are typical.
  estimator.Learn("b", 2, clock_.now());
  // The mean is 1: (0 + 3) / 4 and (2 + 3) / 4.
  EXPECT_DOUBLE_EQ(estimator.Work("free"), 0.75);
  EXPECT_DOUBLE_EQ(estimator.Work("b"), 1.25);
}

// Each cost at its worst, one after the other.
TEST_F(WorkEstimatorRobustnessTest, ACostAtMostDoublesTheWorkOfItsKey) {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const std::string key = std::to_string(random.Below(30));
    const double before = estimator_.Work(key);
    const double a = estimator_.Work("a");
    const double cost = std::exp(1400 * random.Uniform() - 700);
    estimator_.Learn(key, cost, clock_.now());
    EXPECT_LE(estimator_.Work(key), 2 * before * (1 + 1e-12));
    // And another's never becomes more than it is.
    EXPECT_LE(estimator_.Work("a"), std::max(a, 2.0));
  }
}

TEST_F(WorkEstimatorRobustnessTest,
       AKeyAThousandTimesAsDearCountsAs300AfterTen) {
  for (int i = 0; i < 100'000; ++i) estimator_.Learn("b", 2, clock_.now());
  for (int i = 0; i < 10; ++i) estimator_.Learn("dear", 2000, clock_.now());
  EXPECT_GT(estimator_.Work("dear"), 300);
}

// Costs of keys with lognormal means and lognormal costs, of which one in 500
// is 1000 times too high. Beside the estimator the plain mean of the same.
TEST_F(WorkEstimatorRobustnessTest, FalseCostsHarmLessThanInAPlainMean) {
  constexpr int kKeys = 1000;
  constexpr int kCosts = 100;
  Random random(3);
  const auto normal = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.Uniform();
    return sum;
  };
  WorkEstimator estimator({.keys = 16'384});
  double of_estimator = 0;
  double of_plain_mean = 0;
  double total = 0;
  std::vector<double> truths;
  std::vector<double> sums(kKeys, 3);
  for (int key = 0; key < kKeys; ++key)
    truths.push_back(std::exp(normal() / 2));
  for (int i = 0; i < kKeys * kCosts; ++i) {
    const auto key = static_cast<std::size_t>(i % kKeys);
    const double sound = truths[key] * std::exp(normal() - 0.5);
    const double cost = random.Below(500) == 0 ? 1000 * sound : sound;
    estimator.Learn(std::to_string(key), cost, clock_.now());
    sums[key] += cost;
    total += sound;
  }
  const double mean = total / (kKeys * kCosts);
  for (std::size_t key = 0; key < kKeys; ++key) {
    const double truth = truths[key] / mean;
    of_estimator +=
        std::pow(std::log(estimator.Work(std::to_string(key)) / truth), 2);
    of_plain_mean +=
        std::pow(std::log(sums[key] / (kCosts + 3) / mean / truth), 2);
  }
  // By far more than the two could differ by chance.
  EXPECT_LT(of_estimator, of_plain_mean / 4);
}

TEST_F(WorkEstimatorRobustnessTest, AClockThatStepsBackForgetsNothing) {
  const double a = estimator_.Work("a");
  for (const Duration back :
       {Duration(nanoseconds(1)), Duration(minutes(59)), Duration(hours(10))}) {
    estimator_.Learn("unit", 3, clock_.now() - back);
    EXPECT_NEAR(estimator_.Work("a"), a, 1e-12);
  }
}

TEST_F(WorkEstimatorRobustnessTest, TimeStandsStillUntilTheClockIsAheadAgain) {
  WorkEstimator other;
  for (WorkEstimator* const estimator : {&other, &estimator_}) {
    VirtualClock clock;
    for (int i = 0; i < 100; ++i) {
      estimator->Learn("a", 4, clock.now());
      estimator->Learn("b", 2, clock.now());
    }
    if (estimator == &other) {
      for (int i = 0; i < 100; ++i) {
        estimator->Learn("a", 4, clock.now() - minutes(i % 10));
        estimator->Learn("b", 2, clock.now() - minutes(i % 10));
      }
    }
    estimator->Learn("c", 6, clock.Advance(minutes(10)));
  }
  EXPECT_EQ(other.Work("a"), estimator_.Work("a"));
  EXPECT_EQ(other.Work("c"), estimator_.Work("c"));
}

class AbsurdTime : public WorkEstimatorRobustnessTest,
                   public testing::WithParamInterface<TimePoint> {};

TEST_P(AbsurdTime, OnceIsTheLatestTime) {
  const double a = estimator_.Work("a");
  estimator_.Learn("unit", 3, GetParam());
  EXPECT_NEAR(estimator_.Work("a"), a, 1e-12);
  estimator_.Learn("unit", 3, clock_.now());
  EXPECT_NEAR(estimator_.Work("a"), a, 1e-12);
}

// Whatever the readings, no more than an hour is taken from what is known.
TEST_P(AbsurdTime, OftenIsAnHourAtMost) {
  for (int i = 0; i < 3; ++i) {
    estimator_.Learn("unit", 3, GetParam());
    estimator_.Learn("unit", 3, GetParam());
    estimator_.Learn("unit", 3, clock_.now());
    EXPECT_GE(estimator_.Work("a"), 1);
    EXPECT_LE(estimator_.Work("a"), 4.0 / 3);
  }
  for (int i = 0; i < 100; ++i) estimator_.Learn("a", 4, clock_.now());
  EXPECT_GT(estimator_.Work("a"), 1);
}

INSTANTIATE_TEST_SUITE_P(All, AbsurdTime,
                         testing::Values(TimePoint::min(), TimePoint::max(),
                                         TimePoint(hours(1'000'000)),
                                         TimePoint(-hours(1'000'000))));

}  // namespace
}  // namespace els
