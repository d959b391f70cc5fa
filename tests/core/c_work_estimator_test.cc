// The estimator in C: the same figures as in C++, and what it refuses.

#include "els/c_work_estimator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "els/work_estimator.h"

namespace els {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSecond = 1'000'000'000;

els_id IdOf(std::string_view text) { return {text.data(), text.size()}; }

class CWorkEstimatorTest : public testing::Test {
 protected:
  CWorkEstimatorTest() {
    EXPECT_EQ(els_work_estimator_new(nullptr, &estimator_, nullptr, 0), ELS_OK);
  }
  ~CWorkEstimatorTest() override { els_work_estimator_free(estimator_); }

  els_status Learn(std::string_view key, double cost, std::uint64_t now_ns) {
    return els_work_estimator_learn(estimator_, IdOf(key), cost, now_ns);
  }
  double Work(std::string_view key) const {
    return els_work_estimator_work(estimator_, IdOf(key));
  }

  els_work_estimator* estimator_ = nullptr;
};

TEST_F(CWorkEstimatorTest, GivesTheFiguresOfTheOneInCpp) {
  WorkEstimator other;
  const std::array<std::string_view, 3> keys = {"/", "/report", ""};
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::string_view key = keys[i % keys.size()];
    const double cost = 0.01 * static_cast<double>(1 + 7 * (i % keys.size()));
    const std::uint64_t now_ns = i * kSecond;
    ASSERT_EQ(Learn(key, cost, now_ns), ELS_OK);
    other.Learn(
        key, cost,
        TimePoint(std::chrono::nanoseconds(static_cast<std::int64_t>(now_ns))));
  }
  for (const std::string_view key : keys) EXPECT_EQ(Work(key), other.Work(key));
  EXPECT_LT(Work("/"), 0.5);
  EXPECT_GT(Work(""), 1.5);
  EXPECT_EQ(Work("/never"), 1);
}

TEST_F(CWorkEstimatorTest, AKeyOfNoBytesNeedsNoPointer) {
  EXPECT_EQ(Learn("/", 1, 0), ELS_OK);
  EXPECT_EQ(els_work_estimator_learn(estimator_, {nullptr, 0}, 9, 0), ELS_OK);
  EXPECT_EQ(els_work_estimator_work(estimator_, {nullptr, 0}), Work(""));
  EXPECT_GT(Work(""), Work("/"));
}

TEST_F(CWorkEstimatorTest, IgnoresWhatIsNoCost) {
  EXPECT_EQ(Learn("/", 1, 0), ELS_OK);
  EXPECT_EQ(Learn("/report", 3, 0), ELS_OK);
  const double before = Work("/report");
  for (const double cost : {-1.0, std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(Learn("/report", cost, 0), ELS_OK);
    EXPECT_EQ(Work("/report"), before);
  }
}

TEST_F(CWorkEstimatorTest, RefusesNullPointers) {
  EXPECT_EQ(els_work_estimator_learn(nullptr, IdOf("/"), 1, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_work_estimator_learn(estimator_, {nullptr, 1}, 1, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_work_estimator_work(nullptr, IdOf("/")), 1);
  EXPECT_EQ(els_work_estimator_work(estimator_, {nullptr, 1}), 1);
  EXPECT_EQ(els_work_estimator_options_init(nullptr, 0), ELS_INVALID_ARGUMENT);
  std::array<char, 100> why = {};
  EXPECT_EQ(els_work_estimator_new(nullptr, nullptr, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why.data(), "estimator is a null pointer");
  els_work_estimator_free(nullptr);
}

TEST(CWorkEstimatorOptionsTest, BeginWithTheDefaultsOfCpp) {
  els_work_estimator_options options;
  ASSERT_EQ(els_work_estimator_options_init(&options, sizeof options), ELS_OK);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_EQ(options.keys, 1024U);
  EXPECT_EQ(options.memory_ns, 600 * kSecond);
  EXPECT_EQ(options.prior_weight, 3);
}

TEST(CWorkEstimatorOptionsTest, AreThoseOfTheEstimator) {
  els_work_estimator_options options;
  ASSERT_EQ(els_work_estimator_options_init(&options, sizeof options), ELS_OK);
  options.prior_weight = 1;
  options.memory_ns = kSecond;
  els_work_estimator* estimator = nullptr;
  ASSERT_EQ(els_work_estimator_new(&options, &estimator, nullptr, 0), ELS_OK);
  WorkEstimator other(WorkEstimatorOptions{.memory = std::chrono::seconds(1),
                                           .prior_weight = 1});
  for (const auto& [key, cost] :
       {std::pair{"/", 1.0}, std::pair{"/report", 2.0}}) {
    els_work_estimator_learn(estimator, IdOf(key), cost, kSecond);
    other.Learn(key, cost, TimePoint(std::chrono::seconds(1)));
  }
  EXPECT_EQ(els_work_estimator_work(estimator, IdOf("/report")),
            other.Work("/report"));
  EXPECT_NE(other.Work("/report"), 1);
  els_work_estimator_free(estimator);
}

TEST(CWorkEstimatorOptionsTest, AFieldOutOfRangeIsNamed) {
  els_work_estimator_options options;
  ASSERT_EQ(els_work_estimator_options_init(&options, sizeof options), ELS_OK);
  options.keys = 0;
  els_work_estimator* estimator = nullptr;
  std::array<char, 200> why = {};
  EXPECT_EQ(
      els_work_estimator_new(&options, &estimator, why.data(), why.size()),
      ELS_INVALID_ARGUMENT);
  EXPECT_EQ(estimator, nullptr);
  EXPECT_THAT(why.data(), HasSubstr("keys"));
}

TEST(CWorkEstimatorOptionsTest, AShorterStructTakesTheDefaultOfWhatItLacks) {
  els_work_estimator_options options = {};
  options.struct_size = offsetof(els_work_estimator_options, memory_ns);
  options.keys = 8;
  options.prior_weight = -1;  // Beyond the size given, so not read.
  els_work_estimator* estimator = nullptr;
  EXPECT_EQ(els_work_estimator_new(&options, &estimator, nullptr, 0), ELS_OK);
  els_work_estimator_free(estimator);
}

TEST(CWorkEstimatorOptionsTest, ASizeThatNobodyHasSetIsRefused) {
  els_work_estimator_options options = {};
  els_work_estimator* estimator = nullptr;
  std::array<char, 200> why = {};
  EXPECT_EQ(
      els_work_estimator_new(&options, &estimator, why.data(), why.size()),
      ELS_INVALID_ARGUMENT);
  EXPECT_THAT(why.data(),
              HasSubstr("struct_size of els_work_estimator_options"));
  EXPECT_EQ(els_work_estimator_options_init(&options, 3), ELS_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace els
