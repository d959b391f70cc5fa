// What the estimator says of keys for which it has room. What it does with more
// keys, and with costs that are wrong, is tested elsewhere.

#include "els/work_estimator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "els/random.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::StartsWith;

TEST(WorkEstimatorTest, AnErrorNamesTheFieldItsValueAndItsRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Bad {
    WorkEstimatorOptions options;
    std::string message;
  };
  for (const Bad& bad : {
           Bad{{.keys = 0}, "keys is 0; it must be from 1 to 1048576"},
           Bad{{.keys = 1'048'577},
               "keys is 1048577; it must be from 1 to 1048576"},
           Bad{{.memory = microseconds(999)},
               "memory is 999us; it must be from 1ms to 24h"},
           Bad{{.memory = hours(25)},
               "memory is 25h; it must be from 1ms to 24h"},
           Bad{{.prior_weight = 0},
               "prior_weight is 0; it must be from 0.01 to 100"},
           Bad{{.prior_weight = 101},
               "prior_weight is 101; it must be from 0.01 to 100"},
           Bad{{.prior_weight = nan},
               "prior_weight is nan; it must be from 0.01 to 100"},
           Bad{{.keys = 0, .prior_weight = 0}, "keys is 0; it must be from"},
       }) {
    const absl::Status status = bad.options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(bad.message));
  }
  EXPECT_EQ(WorkEstimatorOptions().Validate(), absl::OkStatus());
}

TEST(WorkEstimatorDeathTest, InvalidOptionsAbort) {
  EXPECT_DEATH(WorkEstimator(WorkEstimatorOptions{.keys = 0}), "");
}

TEST(WorkEstimatorTest, TheBoundsOfTheOptionsWork) {
  VirtualClock clock;
  for (const WorkEstimatorOptions& options : {
           WorkEstimatorOptions{1, milliseconds(1), 0.01},
           WorkEstimatorOptions{1'048'576, hours(24), 100},
       }) {
    WorkEstimator estimator(options);
    for (int i = 0; i < 1000; ++i) {
      estimator.Learn("dear", 3, clock.Advance(microseconds(1)));
      estimator.Learn("cheap", 1, clock.now());
    }
    // The shrunk means of 1000 costs of 3 and of 1 are within these bounds,
    // also where the prior counts as 100.
    EXPECT_GT(estimator.Work("dear"), 1.4);
    EXPECT_LT(estimator.Work("cheap"), 0.6);
  }
}

TEST(WorkEstimatorTest, ANewEstimatorSaysThatAllIsTypical) {
  const WorkEstimator estimator;
  EXPECT_EQ(estimator.Work("a"), 1);
  EXPECT_EQ(estimator.Work(""), 1);
}

// Costs of 4 and 2, so a mean of 3; each of one cost and of three of 3:
// (4 + 9) / 4 / 3 and (2 + 9) / 4 / 3.
TEST(WorkEstimatorTest, AMeanIsShrunkByThreeTypicalCosts) {
  VirtualClock clock;
  WorkEstimator estimator;
  estimator.Learn("a", 4, clock.now());
  EXPECT_EQ(estimator.Work("a"), 1);
  estimator.Learn("b", 2, clock.now());
  EXPECT_DOUBLE_EQ(estimator.Work("a"), 13.0 / 12);
  EXPECT_DOUBLE_EQ(estimator.Work("b"), 11.0 / 12);
  EXPECT_EQ(estimator.Work("c"), 1);
}

// Of a weight of 0.5: (4 + 1.5) / 1.5 / 3 and (2 + 1.5) / 1.5 / 3.
TEST(WorkEstimatorTest, ALowerPriorShrinksLess) {
  VirtualClock clock;
  WorkEstimator estimator({.prior_weight = 0.5});
  estimator.Learn("a", 4, clock.now());
  estimator.Learn("b", 2, clock.now());
  EXPECT_DOUBLE_EQ(estimator.Work("a"), 11.0 / 9);
  EXPECT_DOUBLE_EQ(estimator.Work("b"), 7.0 / 9);
}

TEST(WorkEstimatorTest, TheUnitOfCostsDoesNotMatter) {
  VirtualClock clock;
  WorkEstimator in_units;
  WorkEstimator in_millionths;
  for (int i = 0; i < 100; ++i) {
    const std::string key(1, static_cast<char>('a' + i % 7));
    in_units.Learn(key, 1 + i % 5, clock.now());
    in_millionths.Learn(key, (1 + i % 5) * 0x1p-20, clock.now());
  }
  for (const char* const key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    EXPECT_EQ(in_units.Work(key), in_millionths.Work(key));
  }
}

TEST(WorkEstimatorTest, TheEmptyKeyIsAKeyLikeAnyOther) {
  VirtualClock clock;
  WorkEstimator estimator;
  estimator.Learn("", 4, clock.now());
  estimator.Learn("b", 2, clock.now());
  EXPECT_DOUBLE_EQ(estimator.Work(""), 13.0 / 12);
  EXPECT_DOUBLE_EQ(estimator.Work("b"), 11.0 / 12);
}

// Keys that share their beginning, their end, or all but a zero byte.
TEST(WorkEstimatorTest, KeysThatDifferInAnyByteOrInLengthAreDifferent) {
  std::vector<std::string> keys = {""};
  for (const std::size_t length : {1, 2, 7, 8, 9, 15, 16, 17, 100}) {
    keys.emplace_back(length, '\0');
    keys.emplace_back(length, '\xff');
    for (std::size_t i = 0; i < length; ++i) {
      keys.emplace_back(length, '\0');
      keys.back()[i] = 'x';
    }
  }
  VirtualClock clock;
  WorkEstimator estimator({.keys = 65'536});
  estimator.Learn("first", 3, clock.now());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(estimator.Work(keys[i]), 1) << i;
    for (int times = 0; times < 10; ++times) {
      estimator.Learn(keys[i], i % 2 == 0 ? 1 : 2, clock.now());
    }
    // The mean of all is not 1 or 2.
    EXPECT_NE(estimator.Work(keys[i]), 1) << i;
  }
}

TEST(WorkEstimatorTest, AWeightFallsByAFactorOfEInTheMemory) {
  VirtualClock clock;
  WorkEstimator estimator({.memory = minutes(2)});
  estimator.Learn("a", 4, clock.now());
  estimator.Learn("b", 2, clock.Advance(minutes(2)));
  const double left = std::exp(-1.0);
  const double mean = (4 * left + 2) / (left + 1);
  EXPECT_NEAR(estimator.Work("a"), (4 * left / mean + 3) / (left + 3), 1e-12);
  EXPECT_NEAR(estimator.Work("b"), (2 / mean + 3) / 4, 1e-12);
}

// Time goes on by far less than a step of 1/4096 memory between two calls.
TEST(WorkEstimatorTest, ManySmallStepsOfTimeAreALargeOne) {
  VirtualClock clock;
  WorkEstimator estimator({.memory = seconds(1)});
  for (int i = 0; i < 100; ++i) estimator.Learn("a", 4, clock.now());
  for (int i = 0; i < 100'000; ++i) {
    estimator.Learn("b", 4, clock.Advance(microseconds(10)));
  }
  for (int i = 0; i < 100'000; ++i) estimator.Learn("c", 1, clock.now());
  const double a = 100 * std::exp(-1.0);
  const double b = 100'000 * (1 - std::exp(-1.0));
  const double mean = (4 * a + 4 * b + 100'000) / (a + b + 100'000);
  EXPECT_NEAR(estimator.Work("a"), (4 * a / mean + 3) / (a + 3), 1e-3);
  EXPECT_NEAR(estimator.Work("b"), (4 * b / mean + 3) / (b + 3), 1e-3);
}

TEST(WorkEstimatorTest, WithoutLearningNothingIsForgotten) {
  VirtualClock clock;
  WorkEstimator estimator;
  estimator.Learn("a", 4, clock.now());
  estimator.Learn("b", 2, clock.now());
  const double work = estimator.Work("a");
  clock.Advance(hours(24));
  EXPECT_EQ(estimator.Work("a"), work);
}

// After 30 days of two requests an hour nothing is left, and nothing has
// overflowed.
TEST(WorkEstimatorTest, AKeyThatNoLongerComesIsTypicalAgain) {
  VirtualClock clock;
  WorkEstimator estimator;
  for (int i = 0; i < 1000; ++i) estimator.Learn("gone", 10, clock.now());
  for (int i = 0; i < 1000; ++i) estimator.Learn("b", 1, clock.now());
  EXPECT_GT(estimator.Work("gone"), 1.7);
  for (int i = 0; i < 30 * 24 * 2; ++i) {
    estimator.Learn("b", 1, clock.Advance(minutes(30)));
  }
  EXPECT_EQ(estimator.Work("gone"), 1);
  EXPECT_EQ(estimator.Work("b"), 1);
}

// A key that costs nothing would have a work of 0.01 / 5000.03, and one that
// costs nearly all there is, but is rare, of about 20,000 / 0.011.
TEST(WorkEstimatorTest, WorkIsBoundedAsThatOfARequest) {
  VirtualClock clock;
  WorkEstimator estimator({.memory = seconds(1), .prior_weight = 0.01});
  estimator.Learn("dear", 1e50, clock.now());
  clock.Advance(seconds(7));
  for (int i = 0; i < 5000; ++i) estimator.Learn("free", 0, clock.now());
  for (int i = 0; i < 15'000; ++i) estimator.Learn("cheap", 1, clock.now());
  EXPECT_EQ(estimator.Work("free"), 1.0 / 4096);
  EXPECT_EQ(estimator.Work("dear"), 1e6);
}

// The estimator by its contract: a list of costs, each weighed anew.
class Model {
 public:
  Model(double memory_s, double prior) : memory_s_(memory_s), prior_(prior) {}

  void Learn(const std::string& key, double cost, double now_s) {
    now_s_ = now_s;
    const auto [weight, sum] = Of(key);
    const double before = ShrunkMean(key);
    if (before > 0 && (sum + cost + prior_ * Mean()) > 2 * before * Sum(weight))
      cost = 2 * before * Sum(weight) - sum - prior_ * Mean();
    costs_.push_back({key, cost, now_s});
  }

  double Work(const std::string& key) const {
    return Mean() > 0 ? ShrunkMean(key) / Mean() : 1;
  }

 private:
  struct Cost {
    std::string key;
    double cost;
    double time_s;
  };
  struct Total {
    double weight = 0;
    double sum = 0;
  };

  double Sum(double weight) const { return weight + prior_ + 1; }

  void AddTo(Total& total, const Cost& cost) const {
    const double weight = std::exp((cost.time_s - now_s_) / memory_s_);
    total.weight += weight;
    total.sum += weight * cost.cost;
  }

  Total Of(const std::string& key) const {
    Total total;
    for (const Cost& cost : costs_) {
      if (cost.key == key) AddTo(total, cost);
    }
    return total;
  }

  double Mean() const {
    Total total;
    for (const Cost& cost : costs_) AddTo(total, cost);
    return total.weight > 0 ? total.sum / total.weight : 0;
  }

  double ShrunkMean(const std::string& key) const {
    const auto [weight, sum] = Of(key);
    return (sum + prior_ * Mean()) / (weight + prior_);
  }

  const double memory_s_;
  const double prior_;
  std::vector<Cost> costs_;
  double now_s_ = 0;
};

void FollowTheModel(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  const auto memory_s = static_cast<std::int64_t>(1 + random.Below(1000));
  const double prior = 0.01 + 10 * random.Uniform();
  WorkEstimator estimator({.memory = seconds(memory_s), .prior_weight = prior});
  Model model(static_cast<double>(memory_s), prior);
  VirtualClock clock;
  std::int64_t passed_ms = 0;
  for (int i = 0; i < 300; ++i) {
    // Not at all, or by at least a step of the latest time.
    if (random.Below(2) == 0) {
      const auto ms =
          static_cast<std::int64_t>(500 + random.Below(200)) * memory_s / 1000;
      const std::int64_t step = std::max<std::int64_t>(ms, 1);
      clock.Advance(milliseconds(step));
      passed_ms += step;
    }
    const std::string key = std::to_string(random.Below(20));
    // Over three orders of magnitude, and now and then nothing.
    const double cost =
        random.Below(10) == 0 ? 0 : std::exp(7 * random.Uniform());
    estimator.Learn(key, cost, clock.now());
    model.Learn(key, cost, static_cast<double>(passed_ms) / 1000);
    for (const std::string& known : {key, std::to_string(random.Below(21))}) {
      const double want = std::max(model.Work(known), 1.0 / 4096);
      ASSERT_NEAR(estimator.Work(known), want, 1e-9 * want) << i;
    }
  }
}

TEST(WorkEstimatorTest, SaysWhatItsContractSays) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) FollowTheModel(seed);
}

// Of the logarithm of the work, over keys of which `costs` costs are known.
double RootMeanSquareError(double prior, int costs) {
  constexpr int kKeys = 4000;
  Random random(7);
  // Twelve uniform draws are nearly normal, and the same everywhere.
  const auto normal = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.Uniform();
    return sum;
  };
  VirtualClock clock;
  WorkEstimator estimator({.keys = 65'536, .prior_weight = prior});
  std::vector<double> means;
  double sum = 0;
  for (int key = 0; key < kKeys; ++key) {
    means.push_back(std::exp(0.5 * normal()));
    sum += means.back();
  }
  for (int i = 0; i < costs; ++i) {
    for (int key = 0; key < kKeys; ++key) {
      const double cost =
          means[static_cast<std::size_t>(key)] * std::exp(normal() - 0.5);
      estimator.Learn(std::to_string(key), cost, clock.now());
    }
  }
  double squares = 0;
  for (int key = 0; key < kKeys; ++key) {
    const double truth = means[static_cast<std::size_t>(key)] * kKeys / sum;
    squares +=
        std::pow(std::log(estimator.Work(std::to_string(key)) / truth), 2);
  }
  return std::sqrt(squares / kKeys);
}

// With 4000 keys a root mean square error is known to about 2 %: its standard
// error is about 1 / sqrt(2 * 4000) = 1.1 % of it.
TEST(WorkEstimatorTest, APriorOfThreeIsBetterThanAMuchHigherOrLowerOne) {
  for (const int costs : {1, 3, 10}) {
    const double of_three = RootMeanSquareError(3, costs);
    EXPECT_LT(of_three, 0.95 * RootMeanSquareError(0.3, costs)) << costs;
    EXPECT_LT(of_three, 0.95 * RootMeanSquareError(30, costs)) << costs;
  }
}

}  // namespace
}  // namespace els
