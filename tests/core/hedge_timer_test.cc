// When hedges are sent, how many, and what is learnt of which requests.

#include "els/hedge_timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "els/portable_math.h"
#include "els/random.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::StartsWith;

// A request that takes so long.
void Serve(HedgeTimer& timer, VirtualClock& clock, Duration latency,
           std::string_view key = {}, Outcome outcome = Outcome::kSuccess) {
  Hedge hedge = timer.Start(key, clock.now());
  hedge.Done(outcome, clock.now() + latency);
}

void ServeMany(HedgeTimer& timer, VirtualClock& clock, int count,
               Duration latency, std::string_view key = {}) {
  for (int i = 0; i < count; ++i) Serve(timer, clock, latency, key);
}

std::optional<Duration> DelayOf(HedgeTimer& timer, VirtualClock& clock,
                                std::string_view key = {}) {
  return timer.Start(key, clock.now()).delay();
}

// The edges above 10 ms and above 100 ms: 10 * 2^20 and 12 * 2^23 ns.
constexpr Duration kAbove10ms = nanoseconds(10'485'760);
constexpr Duration kAbove100ms = nanoseconds(100'663'296);

TEST(HedgeTimerTest, AnErrorNamesTheFieldItsValueAndItsRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Bad {
    HedgeTimerOptions options;
    std::string message;
  };
  for (const Bad& bad : {
           Bad{{.quantile = 0.49},
               "quantile is 0.49; it must be from 0.5 to 0.999"},
           Bad{{.quantile = 1}, "quantile is 1; it must be from 0.5 to 0.999"},
           Bad{{.quantile = nan},
               "quantile is nan; it must be from 0.5 to 0.999"},
           Bad{{.ratio = -0.1}, "ratio is -0.1; it must be from 0 to 1"},
           Bad{{.ratio = nan}, "ratio is nan; it must be from 0 to 1"},
           Bad{{.burst = 0.5}, "burst is 0.5; it must be from 1 to 1000"},
           Bad{{.burst = 1001}, "burst is 1001; it must be from 1 to 1000"},
           Bad{{.keys = 0}, "keys is 0; it must be from 1 to 65536"},
           Bad{{.keys = 65'537}, "keys is 65537; it must be from 1 to 65536"},
           Bad{{.half_life = milliseconds(9)},
               "half_life is 9ms; it must be from 10ms to 24h"},
           Bad{{.half_life = hours(25)},
               "half_life is 25h; it must be from 10ms to 24h"},
           Bad{{.quantile = 0, .keys = 0}, "quantile is 0; it must be from"},
       }) {
    const absl::Status status = bad.options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(bad.message));
  }
  EXPECT_EQ(HedgeTimerOptions().Validate(), absl::OkStatus());
}

TEST(HedgeTimerDeathTest, InvalidOptionsAbort) {
  EXPECT_DEATH(HedgeTimer(HedgeTimerOptions{.keys = 0}), "");
}

TEST(HedgeTimerTest, TheBoundsOfTheOptionsWork) {
  for (const HedgeTimerOptions& options : {
           HedgeTimerOptions{0.5, 0, 1, 1, milliseconds(10)},
           HedgeTimerOptions{0.999, 1, 1000, 65'536, hours(24)},
       }) {
    VirtualClock clock;
    HedgeTimer timer(options);
    ServeMany(timer, clock, 6000, milliseconds(10));
    Hedge hedge = timer.Start("", clock.now());
    EXPECT_EQ(hedge.delay(), kAbove10ms);
    EXPECT_TRUE(hedge.TrySend());
  }
}

TEST(HedgeTimerTest, SendsNoHedgeBeforeEnoughIsKnown) {
  VirtualClock clock;
  HedgeTimer timer;
  for (int i = 0; i < 96; ++i) {
    Hedge hedge = timer.Start("", clock.now());
    EXPECT_EQ(hedge.delay(), std::nullopt);
    EXPECT_FALSE(hedge.TrySend());
    hedge.Done(Outcome::kSuccess, clock.now() + milliseconds(10));
  }
  // 5 / (1 - 0.95), and up to the next refresh.
  ServeMany(timer, clock, 16, milliseconds(10));
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
  EXPECT_EQ(timer.Snapshot().refused, 0U);
}

// A tenth takes 100 ms: less than what is above the quantile of 0.85, and more
// than what is above that of 0.95.
TEST(HedgeTimerTest, TheDelayIsTheQuantile) {
  for (const auto& [quantile, delay] :
       {std::pair{0.85, kAbove10ms}, std::pair{0.95, kAbove100ms}}) {
    VirtualClock clock;
    HedgeTimer timer({.quantile = quantile});
    for (int i = 0; i < 1600; ++i) {
      Serve(timer, clock, milliseconds(i % 10 == 0 ? 100 : 10));
    }
    EXPECT_EQ(DelayOf(timer, clock), delay);
  }
}

// Of 1600 exponential latencies the quantile of 0.95 is 3.00 means, with a
// standard error of sqrt(0.95 * 0.05 / 1600) / 0.05 = 0.109 means; up to an
// eighth is added.
TEST(HedgeTimerTest, TheDelayIsUpToAnEighthAboveTheQuantile) {
  Random random(7);
  VirtualClock clock;
  HedgeTimer timer;
  for (int i = 0; i < 1600; ++i) {
    const double ms = -10 * Log(1 - random.Uniform());
    Serve(timer, clock, nanoseconds(std::llround(1e6 * ms)));
  }
  const std::optional<Duration> delay = DelayOf(timer, clock);
  ASSERT_TRUE(delay.has_value());
  EXPECT_GE(*delay, milliseconds(26));
  EXPECT_LE(*delay, milliseconds(38));
}

TEST(HedgeTimerTest, AKeyHasADelayOfItsOwn) {
  VirtualClock clock;
  HedgeTimer timer;
  for (int i = 0; i < 320; ++i) {
    Serve(timer, clock, milliseconds(10), "quick");
    Serve(timer, clock, milliseconds(100), "slow");
  }
  EXPECT_EQ(DelayOf(timer, clock, "quick"), kAbove10ms);
  EXPECT_EQ(DelayOf(timer, clock, "slow"), kAbove100ms);
  EXPECT_EQ(DelayOf(timer, clock, "new"), kAbove100ms);
}

// 20 latencies of all, of which nearly all take 10 ms, beside its own. 1 of 21
// is 4.8 %, and 2 of 22 are 9.1 %.
TEST(HedgeTimerTest, ARareKeyIsMixedWithAllRequests) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 16'000, milliseconds(10), "usual");
  Serve(timer, clock, milliseconds(100), "rare");
  EXPECT_EQ(DelayOf(timer, clock, "rare"), kAbove10ms);
  Serve(timer, clock, milliseconds(100), "rare");
  EXPECT_EQ(DelayOf(timer, clock, "rare"), kAbove100ms);
}

TEST(HedgeTimerTest, AChangeIsFollowedInAFewHalfLives) {
  VirtualClock clock;
  HedgeTimer timer({.half_life = seconds(10)});
  ServeMany(timer, clock, 1600, milliseconds(100));
  EXPECT_EQ(DelayOf(timer, clock), kAbove100ms);
  // 40 a second: after k half-lives 1600 / 2^k are left of the slow ones, and
  // 800 (1 - 1 / 2^k) are new, and so 6.2 % and 3.2 % of all are slow after 5
  // and 6.
  for (int i = 0; i < 40 * 50; ++i) {
    Serve(timer, clock, milliseconds(10));
    clock.Advance(milliseconds(25));
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove100ms);
  for (int i = 0; i < 40 * 25; ++i) {
    Serve(timer, clock, milliseconds(10));
    clock.Advance(milliseconds(25));
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
}

TEST(HedgeTimerTest, AQuietServiceDoesNotForgetWhatItKnows) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 160, milliseconds(10));
  for (int i = 0; i < 20; ++i) {
    clock.Advance(minutes(50));
    Serve(timer, clock, milliseconds(10));
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
}

// The first reading after a day is in doubt, and the second settles that.
TEST(HedgeTimerTest, AJumpOfTheClockIsNoLatency) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 160, milliseconds(10));
  for (int i = 0; i < 20; ++i) {
    clock.Advance(hours(24));
    Serve(timer, clock, milliseconds(10));
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
}

TEST(HedgeTimerTest, OnlySuccessAndTimeoutTeach) {
  for (const Outcome outcome :
       {Outcome::kFailure, Outcome::kCancelled, Outcome::kNeutral}) {
    VirtualClock clock;
    HedgeTimer timer;
    for (int i = 0; i < 200; ++i) {
      Serve(timer, clock, milliseconds(10), "", outcome);
    }
    EXPECT_EQ(timer.Snapshot().latencies_all, 0);
    EXPECT_EQ(timer.Snapshot().requests, 200U);
  }
  VirtualClock clock;
  HedgeTimer timer;
  for (int i = 0; i < 200; ++i) {
    Serve(timer, clock, milliseconds(10), "", Outcome::kTimeout);
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
}

// Requests of 10 ms, and one in ten of 100 ms, whose hedges win: what is learnt
// is what the user has waited for, so the delay is that without hedges.
TEST(HedgeTimerTest, HedgesThatWinDoNotShortenTheDelay) {
  VirtualClock clock;
  HedgeTimer timer({.quantile = 0.85, .ratio = 1});
  ServeMany(timer, clock, 160, milliseconds(10));
  for (int i = 0; i < 10'000; ++i) {
    Hedge hedge = timer.Start("", clock.now());
    const Duration first = milliseconds(i % 10 == 0 ? 100 : 10);
    ASSERT_EQ(hedge.delay(), kAbove10ms);
    Duration latency = first;
    if (*hedge.delay() < first && hedge.TrySend()) {
      latency = kAbove10ms + milliseconds(10);
    }
    hedge.Done(Outcome::kSuccess, clock.now() + latency);
    clock.Advance(milliseconds(10));
  }
  EXPECT_EQ(timer.Snapshot().hedges, 1000U);
}

// The first request finds a full budget, and adds nothing to it.
TEST(HedgeTimerTest, HedgesAreAtMostTheBurstAndTheRatioOfTheRequests) {
  VirtualClock clock;
  HedgeTimer timer({.ratio = 0.05, .burst = 3});
  ServeMany(timer, clock, 160, milliseconds(10));
  std::uint64_t sent = 0;
  for (int i = 1; i <= 1000; ++i) {
    Hedge hedge = timer.Start("", clock.now());
    if (hedge.TrySend()) ++sent;
    ASSERT_LE(sent, 3U + static_cast<std::uint64_t>(i) / 20);
  }
  EXPECT_EQ(sent, 3U + 999 / 20);
  EXPECT_EQ(timer.Snapshot().hedges, sent);
  EXPECT_EQ(timer.Snapshot().refused, 1000 - sent);
  EXPECT_EQ(timer.Snapshot().requests, 1160U);
  EXPECT_DOUBLE_EQ(timer.Snapshot().budget, 0.95);
}

TEST(HedgeTimerTest, ARequestHasOneHedge) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 160, milliseconds(10));
  Hedge hedge = timer.Start("", clock.now());
  EXPECT_TRUE(hedge.TrySend());
  EXPECT_EQ(hedge.delay(), std::nullopt);
  EXPECT_FALSE(hedge.TrySend());
  EXPECT_EQ(timer.Snapshot().hedges, 1U);
}

TEST(HedgeTimerTest, ARequestThatIsDoneOrMovedFromDoesNothing) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 160, milliseconds(10));
  Hedge hedge = timer.Start("", clock.now());
  Hedge other = std::move(hedge);
  // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_FALSE(hedge.TrySend());
  hedge.Done(Outcome::kSuccess, clock.now());
  EXPECT_EQ(timer.Snapshot().latencies, 160);
  other.Done(Outcome::kSuccess, clock.now());
  other.Done(Outcome::kSuccess, clock.now());
  EXPECT_EQ(timer.Snapshot().latencies, 161);
  EXPECT_EQ(other.delay(), std::nullopt);
  EXPECT_FALSE(other.TrySend());
  EXPECT_EQ(timer.Snapshot().hedges, 0U);
}

// As many new keys as one likes: known keys that come again stay.
TEST(HedgeTimerTest, AFloodOfKeysDoesNotDisplaceTheFrequentOnes) {
  VirtualClock clock;
  HedgeTimer timer({.keys = 8});
  ServeMany(timer, clock, 320, milliseconds(10), "quick");
  ServeMany(timer, clock, 320, milliseconds(100), "slow");
  for (int i = 0; i < 100'000; ++i) {
    Serve(timer, clock, milliseconds(30), std::to_string(i));
  }
  EXPECT_EQ(DelayOf(timer, clock, "quick"), kAbove10ms);
  EXPECT_EQ(DelayOf(timer, clock, "slow"), kAbove100ms);
}

TEST(HedgeTimerTest, AKeyThatNoLongerComesMakesRoom) {
  VirtualClock clock;
  HedgeTimer timer({.keys = 8});
  for (int key = 0; key < 8; ++key) {
    ServeMany(timer, clock, 100, milliseconds(10), std::to_string(key));
  }
  clock.Advance(minutes(10));
  for (int key = 8; key < 16; ++key) {
    ServeMany(timer, clock, 2, milliseconds(10), std::to_string(key));
  }
  EXPECT_EQ(timer.Snapshot("0").latencies, 0);
  EXPECT_EQ(timer.Snapshot("15").latencies, 2);
}

TEST(HedgeTimerTest, ALatencyIsBoundedWhateverTheClockSays) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 160, milliseconds(10));
  for (const TimePoint now :
       {TimePoint::min(), TimePoint::max(), TimePoint(), clock.now()}) {
    Hedge hedge = timer.Start("", now);
    hedge.Done(Outcome::kSuccess, TimePoint::min());
    Hedge other = timer.Start("", TimePoint::max());
    other.Done(Outcome::kSuccess, now);
  }
  const std::optional<Duration> delay = DelayOf(timer, clock);
  ASSERT_TRUE(delay.has_value());
  EXPECT_GT(*delay, Duration::zero());
  EXPECT_LE(*delay, hours(1));
}

// An answer that is there before it was asked for took no time.
TEST(HedgeTimerTest, ANegativeLatencyIsAShortOne) {
  VirtualClock clock;
  HedgeTimer timer;
  ServeMany(timer, clock, 320, -seconds(1));
  EXPECT_EQ(DelayOf(timer, clock), nanoseconds(2304));
}

TEST(HedgeTimerTest, AfterThirtyDaysAllIsAsBefore) {
  VirtualClock clock;
  HedgeTimer timer;
  for (int i = 0; i < 30 * 24 * 2; ++i) {
    Serve(timer, clock, milliseconds(100));
    clock.Advance(minutes(30));
  }
  EXPECT_EQ(DelayOf(timer, clock), kAbove100ms);
  ServeMany(timer, clock, 10'000, milliseconds(10));
  EXPECT_EQ(DelayOf(timer, clock), kAbove10ms);
}

}  // namespace
}  // namespace els
