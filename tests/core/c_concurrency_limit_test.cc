// The limit in C: the same figures as in C++, and what it refuses.

#include "els/c_concurrency_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "els/concurrency_limit.h"

namespace els {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kMillisecond = 1'000'000;

class CConcurrencyLimitTest : public testing::Test {
 protected:
  CConcurrencyLimitTest() {
    EXPECT_EQ(els_concurrency_limit_new(nullptr, &limit_, nullptr, 0), ELS_OK);
  }
  ~CConcurrencyLimitTest() override { els_concurrency_limit_free(limit_); }

  els_concurrency_limit_snapshot Read() const {
    els_concurrency_limit_snapshot snapshot;
    EXPECT_EQ(els_concurrency_limit_read(limit_, &snapshot, sizeof snapshot),
              ELS_OK);
    return snapshot;
  }

  // As many as are admitted at one moment.
  std::vector<els_admission> Fill(els_priority priority) {
    std::vector<els_admission> admitted;
    els_admission admission;
    while (els_concurrency_limit_try_admit(limit_, priority, 0, &admission)) {
      admitted.push_back(admission);
    }
    return admitted;
  }

  els_concurrency_limit* limit_ = nullptr;
};

TEST_F(CConcurrencyLimitTest, GivesTheFiguresOfTheOneInCpp) {
  ConcurrencyLimit other;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const std::uint64_t start = i * 20 * kMillisecond;
    const std::uint64_t end = start + (1 + i % 7) * kMillisecond;
    const auto at = [](std::uint64_t ns) {
      return TimePoint(std::chrono::nanoseconds(ns));
    };
    els_admission admission;
    ASSERT_EQ(els_concurrency_limit_try_admit(limit_, ELS_PRIORITY_NORMAL,
                                              start, &admission),
              1);
    ASSERT_EQ(els_admission_done(limit_, &admission, ELS_SUCCESS, end), ELS_OK);
    Admission expected = other.TryAdmit(at(start));
    expected.Done(Outcome::kSuccess, at(end));
  }
  const els_concurrency_limit_snapshot snapshot = Read();
  const ConcurrencyLimitSnapshot expected = other.Snapshot();
  EXPECT_EQ(snapshot.limit, expected.limit);
  EXPECT_EQ(snapshot.admitted, expected.admitted);
  EXPECT_EQ(snapshot.baseline_ns,
            static_cast<std::uint64_t>(expected.baseline->count()));
  EXPECT_EQ(snapshot.latency_ns,
            static_cast<std::uint64_t>(expected.latency->count()));
  EXPECT_EQ(snapshot.reason, static_cast<int>(expected.reason));
}

TEST_F(CConcurrencyLimitTest, AdmitsByPriority) {
  EXPECT_EQ(Fill(ELS_PRIORITY_SHEDDABLE).size(), 10U);
  EXPECT_EQ(Fill(ELS_PRIORITY_NORMAL).size(), 10U);
  EXPECT_EQ(Fill(ELS_PRIORITY_CRITICAL).size(), 10U);
  EXPECT_EQ(Fill(77).size(), 0U);  // As normal.
  const els_concurrency_limit_snapshot snapshot = Read();
  EXPECT_EQ(snapshot.in_flight, 30U);
  EXPECT_EQ(snapshot.refused_sheddable, 1U);
  EXPECT_EQ(snapshot.refused_normal, 2U);
  EXPECT_EQ(snapshot.refused_critical, 1U);
  EXPECT_EQ(snapshot.baseline_ns, UINT64_MAX);
  EXPECT_EQ(snapshot.latency_ns, UINT64_MAX);
}

TEST_F(CConcurrencyLimitTest, AnAdmissionGivesItsPlaceBackOnce) {
  els_admission admission;
  ASSERT_EQ(els_concurrency_limit_try_admit(limit_, ELS_PRIORITY_NORMAL, 0,
                                            &admission),
            1);
  els_admission other = Fill(ELS_PRIORITY_NORMAL).front();
  EXPECT_EQ(Read().in_flight, 20U);
  EXPECT_EQ(els_admission_done(limit_, &admission, ELS_FAILURE, 0), ELS_OK);
  EXPECT_EQ(els_admission_done(limit_, &admission, ELS_FAILURE, 0), ELS_OK);
  EXPECT_EQ(els_admission_drop(limit_, &admission), ELS_OK);
  EXPECT_EQ(Read().in_flight, 19U);
  EXPECT_EQ(els_admission_drop(limit_, &other), ELS_OK);
  EXPECT_EQ(els_admission_drop(limit_, &other), ELS_OK);
  EXPECT_EQ(Read().in_flight, 18U);
}

TEST_F(CConcurrencyLimitTest, RefusesNullPointersAndWhatIsNoOutcome) {
  els_admission admission = {};
  EXPECT_EQ(els_concurrency_limit_try_admit(nullptr, ELS_PRIORITY_NORMAL, 0,
                                            &admission),
            0);
  EXPECT_EQ(
      els_concurrency_limit_try_admit(limit_, ELS_PRIORITY_NORMAL, 0, nullptr),
      0);
  EXPECT_EQ(Read().in_flight, 0U);
  ASSERT_EQ(els_concurrency_limit_try_admit(limit_, ELS_PRIORITY_NORMAL, 0,
                                            &admission),
            1);
  EXPECT_EQ(els_admission_done(nullptr, &admission, ELS_SUCCESS, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_admission_done(limit_, nullptr, ELS_SUCCESS, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_admission_done(limit_, &admission, 0, 0), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_admission_drop(nullptr, &admission), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(Read().in_flight, 1U);
  EXPECT_EQ(els_concurrency_limit_read(nullptr, nullptr, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_concurrency_limit_options_init(nullptr, 0),
            ELS_INVALID_ARGUMENT);
  std::array<char, 100> why = {};
  EXPECT_EQ(els_concurrency_limit_new(nullptr, nullptr, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why.data(), "limit is a null pointer");
  els_concurrency_limit_free(nullptr);
}

TEST(CConcurrencyLimitOptionsTest, BeginWithTheDefaultsOfCpp) {
  els_concurrency_limit_options options;
  ASSERT_EQ(els_concurrency_limit_options_init(&options, sizeof options),
            ELS_OK);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_EQ(options.initial_limit, 20);
  EXPECT_EQ(options.highest_limit, 1e6);
  EXPECT_EQ(options.tolerance, 2);
  EXPECT_EQ(options.window_ns, 500 * kMillisecond);
  EXPECT_EQ(options.baseline_windows, 1000);
}

TEST(CConcurrencyLimitOptionsTest, AreThoseOfTheLimit) {
  els_concurrency_limit_options options = {};
  options.struct_size =
      offsetof(els_concurrency_limit_options, initial_limit) + sizeof(double);
  options.initial_limit = 7;
  options.tolerance = -1;  // Beyond the size given, so not read.
  els_concurrency_limit* limit = nullptr;
  ASSERT_EQ(els_concurrency_limit_new(&options, &limit, nullptr, 0), ELS_OK);
  els_concurrency_limit_snapshot snapshot;
  ASSERT_EQ(els_concurrency_limit_read(limit, &snapshot, sizeof snapshot),
            ELS_OK);
  EXPECT_EQ(snapshot.limit, 7);
  els_concurrency_limit_free(limit);
}

TEST(CConcurrencyLimitOptionsTest, AFieldOutOfRangeIsNamed) {
  els_concurrency_limit_options options;
  ASSERT_EQ(els_concurrency_limit_options_init(&options, sizeof options),
            ELS_OK);
  options.tolerance = 0;
  els_concurrency_limit* limit = nullptr;
  std::array<char, 200> why = {};
  EXPECT_EQ(els_concurrency_limit_new(&options, &limit, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(limit, nullptr);
  EXPECT_THAT(why.data(), HasSubstr("tolerance"));
}

}  // namespace
}  // namespace els
