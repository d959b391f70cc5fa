// The timer of hedges in C: the same figures as in C++, and what it refuses.

#include "els/c_hedge_timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "els/hedge_timer.h"

namespace els {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kMillisecond = 1'000'000;

els_id IdOf(std::string_view text) { return {text.data(), text.size()}; }

TimePoint At(std::uint64_t ns) {
  return TimePoint(std::chrono::nanoseconds(static_cast<std::int64_t>(ns)));
}

class CHedgeTimerTest : public testing::Test {
 protected:
  CHedgeTimerTest() {
    EXPECT_EQ(els_hedge_timer_new(nullptr, &timer_, nullptr, 0), ELS_OK);
  }
  ~CHedgeTimerTest() override { els_hedge_timer_free(timer_); }

  els_hedge Start(std::string_view key, std::uint64_t now_ns = 0) {
    els_hedge hedge;
    EXPECT_EQ(els_hedge_timer_start(timer_, IdOf(key), now_ns, &hedge), ELS_OK);
    return hedge;
  }

  void LearnMany() {
    for (int i = 0; i < 160; ++i) {
      els_hedge hedge = Start("/");
      EXPECT_EQ(hedge.delay_ns == UINT64_MAX, i < 112);
      EXPECT_EQ(els_hedge_done(timer_, &hedge, ELS_SUCCESS, 10 * kMillisecond),
                ELS_OK);
    }
  }

  els_hedge_timer_snapshot Read(std::string_view key = {}) const {
    els_hedge_timer_snapshot snapshot = {};
    EXPECT_EQ(
        els_hedge_timer_read(timer_, IdOf(key), &snapshot, sizeof snapshot),
        ELS_OK);
    return snapshot;
  }

  els_hedge_timer* timer_ = nullptr;
};

TEST_F(CHedgeTimerTest, GivesTheFiguresOfTheOneInCpp) {
  HedgeTimer other;
  constexpr std::array<std::string_view, 3> kKeys = {"/", "/report", ""};
  for (std::uint64_t i = 0; i < 600; ++i) {
    const std::string_view key = kKeys[i % kKeys.size()];
    const std::uint64_t start = i * 20 * kMillisecond;
    const std::uint64_t end = start + (1 + i % 70) * kMillisecond;
    els_hedge hedge = Start(key, start);
    Hedge expected = other.Start(key, At(start));
    const std::optional<Duration> delay = expected.delay();
    ASSERT_EQ(hedge.delay_ns,
              delay ? static_cast<std::uint64_t>(delay->count()) : UINT64_MAX);
    if (i % 7 == 0) {
      ASSERT_EQ(els_hedge_try_send(timer_, &hedge), expected.TrySend() ? 1 : 0);
    }
    ASSERT_EQ(els_hedge_done(timer_, &hedge, ELS_SUCCESS, end), ELS_OK);
    expected.Done(Outcome::kSuccess, At(end));
  }
  const els_hedge_timer_snapshot snapshot = Read("/report");
  const HedgeTimerSnapshot expected = other.Snapshot("/report");
  EXPECT_EQ(snapshot.delay_ns,
            static_cast<std::uint64_t>(expected.delay->count()));
  EXPECT_EQ(snapshot.delay_all_ns,
            static_cast<std::uint64_t>(expected.delay_all->count()));
  EXPECT_EQ(snapshot.latencies, 200);
  EXPECT_EQ(snapshot.latencies_all, 600);
  EXPECT_EQ(snapshot.budget, expected.budget);
  EXPECT_EQ(snapshot.requests, 600U);
  EXPECT_EQ(snapshot.hedges, expected.hedges);
  EXPECT_EQ(snapshot.refused, expected.refused);
  EXPECT_GT(snapshot.hedges, 0U);
}

TEST_F(CHedgeTimerTest, ARequestHasOneHedgeAndIsDoneOnce) {
  LearnMany();
  els_hedge hedge = Start("/");
  EXPECT_EQ(els_hedge_try_send(timer_, &hedge), 1);
  EXPECT_EQ(hedge.delay_ns, UINT64_MAX);
  EXPECT_EQ(els_hedge_try_send(timer_, &hedge), 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(els_hedge_done(timer_, &hedge, ELS_SUCCESS, 0), ELS_OK);
  }
  EXPECT_EQ(Read("/").latencies, 161);
  EXPECT_EQ(Read("/").hedges, 1U);
}

TEST_F(CHedgeTimerTest, AnEmptyHedgeDoesNothing) {
  LearnMany();
  els_hedge zero = {};
  els_hedge empty = ELS_HEDGE_INIT;
  for (els_hedge* hedge : {&zero, &empty}) {
    EXPECT_EQ(els_hedge_try_send(timer_, hedge), 0);
    EXPECT_EQ(els_hedge_done(timer_, hedge, ELS_SUCCESS, 0), ELS_OK);
  }
  EXPECT_EQ(Read("/").latencies, 160);
  EXPECT_EQ(Read("/").hedges, 0U);
}

TEST_F(CHedgeTimerTest, RefusesNullPointersAndWhatIsNoOutcome) {
  els_hedge hedge = Start("/");
  EXPECT_EQ(els_hedge_done(timer_, &hedge, 77, 0), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_done(nullptr, &hedge, ELS_SUCCESS, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_done(timer_, nullptr, ELS_SUCCESS, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(hedge.open, 1);
  EXPECT_EQ(els_hedge_try_send(nullptr, &hedge), 0);
  EXPECT_EQ(els_hedge_try_send(timer_, nullptr), 0);
  EXPECT_EQ(els_hedge_timer_start(timer_, IdOf("/"), 0, nullptr),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_timer_start(timer_, {nullptr, 1}, 0, &hedge),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(hedge.open, 0);
  EXPECT_EQ(els_hedge_timer_start(nullptr, IdOf("/"), 0, &hedge),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(hedge.delay_ns, UINT64_MAX);
  EXPECT_EQ(els_hedge_timer_start(timer_, {nullptr, 0}, 0, &hedge), ELS_OK);
  els_hedge_timer_snapshot snapshot;
  EXPECT_EQ(els_hedge_timer_read(nullptr, IdOf("/"), &snapshot, 8),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_timer_read(timer_, {nullptr, 1}, &snapshot, 8),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_timer_read(timer_, IdOf("/"), nullptr, 8),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_timer_read(timer_, IdOf("/"), &snapshot, 3),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_hedge_timer_options_init(nullptr, 0), ELS_INVALID_ARGUMENT);
  std::array<char, 100> why = {};
  EXPECT_EQ(els_hedge_timer_new(nullptr, nullptr, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why.data(), "timer is a null pointer");
  els_hedge_timer_free(nullptr);
}

TEST(CHedgeTimerOptionsTest, BeginWithTheDefaultsOfCpp) {
  els_hedge_timer_options options;
  ASSERT_EQ(els_hedge_timer_options_init(&options, sizeof options), ELS_OK);
  EXPECT_EQ(options.struct_size, sizeof options);
  EXPECT_EQ(options.quantile, 0.95);
  EXPECT_EQ(options.ratio, 0.1);
  EXPECT_EQ(options.burst, 10);
  EXPECT_EQ(options.keys, 256U);
  EXPECT_EQ(options.half_life_ns, 60'000 * kMillisecond);
}

// A burst of 1 and a ratio of 0: a single hedge; and of the field that is not
// given the default.
TEST(CHedgeTimerOptionsTest, AreThoseOfTheTimer) {
  els_hedge_timer_options options;
  ASSERT_EQ(els_hedge_timer_options_init(&options, sizeof options), ELS_OK);
  options.struct_size = offsetof(els_hedge_timer_options, half_life_ns);
  options.quantile = 0.5;
  options.ratio = 0;
  options.burst = 1;
  options.keys = 8;
  options.half_life_ns = 0;  // Beyond the size given, so not read.
  els_hedge_timer* timer = nullptr;
  ASSERT_EQ(els_hedge_timer_new(&options, &timer, nullptr, 0), ELS_OK);
  int sent = 0;
  for (int i = 0; i < 100; ++i) {
    els_hedge hedge;
    els_hedge_timer_start(timer, IdOf("/"), 0, &hedge);
    sent += els_hedge_try_send(timer, &hedge);
    els_hedge_done(timer, &hedge, ELS_SUCCESS, kMillisecond);
  }
  EXPECT_EQ(sent, 1);
  els_hedge_timer_free(timer);
}

TEST(CHedgeTimerOptionsTest, AFieldOutOfRangeAndASizeThatNobodySetAreNamed) {
  els_hedge_timer_options options;
  ASSERT_EQ(els_hedge_timer_options_init(&options, sizeof options), ELS_OK);
  options.half_life_ns = 0;
  els_hedge_timer* timer = nullptr;
  std::array<char, 200> why = {};
  EXPECT_EQ(els_hedge_timer_new(&options, &timer, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(timer, nullptr);
  EXPECT_THAT(why.data(), HasSubstr("half_life is 0"));
  options.struct_size = 0;
  EXPECT_EQ(els_hedge_timer_new(&options, &timer, why.data(), why.size()),
            ELS_INVALID_ARGUMENT);
  EXPECT_THAT(why.data(), HasSubstr("struct_size of els_hedge_timer_options"));
}

}  // namespace
}  // namespace els
