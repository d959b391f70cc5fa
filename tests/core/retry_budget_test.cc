#include "els/retry_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "els/random.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

// How many retries are granted at one moment.
int Drain(RetryBudget& budget, TimePoint now) {
  int granted = 0;
  while (budget.TryRetry(now)) ++granted;
  return granted;
}

void Request(RetryBudget& budget, TimePoint now, int times) {
  for (int i = 0; i < times; ++i) budget.Request(now);
}

TEST(RetryBudgetTest, AnErrorNamesTheFieldItsValueAndItsRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Bad {
    RetryBudgetOptions options;
    std::string message;
  };
  for (const Bad& bad : {
           Bad{{.ratio = -0.1}, "ratio is -0.1; it must be from 0 to 1"},
           Bad{{.ratio = 1.01}, "ratio is 1.01; it must be from 0 to 1"},
           Bad{{.ratio = nan}, "ratio is nan; it must be from 0 to 1"},
           Bad{{.floor_per_second = -1},
               "floor_per_second is -1; it must be from 0 to 1000"},
           Bad{{.floor_per_second = 1000.5},
               "floor_per_second is 1000.5; it must be from 0 to 1000"},
           Bad{{.window = nanoseconds(0)},
               "window is 0; it must be from 1ms to 1h"},
           Bad{{.window = hours(2)}, "window is 2h; it must be from 1ms to 1h"},
           Bad{{.ratio = 2, .window = hours(2)}, "ratio is 2; it must be from"},
       }) {
    const absl::Status status = bad.options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), StartsWith(bad.message));
  }
  EXPECT_EQ(RetryBudgetOptions().Validate(), absl::OkStatus());
}

TEST(RetryBudgetDeathTest, InvalidOptionsAbort) {
  EXPECT_DEATH(RetryBudget(RetryBudgetOptions{.ratio = 2}), "");
}

TEST(RetryBudgetTest, ByDefaultAHundredAreSavedAndEveryFifthRequestBringsOne) {
  VirtualClock clock;
  RetryBudget budget;
  EXPECT_EQ(Drain(budget, clock.now()), 100);
  Request(budget, clock.now(), 4);
  EXPECT_FALSE(budget.TryRetry(clock.now()));
  budget.Request(clock.now());
  EXPECT_TRUE(budget.TryRetry(clock.now()));
  EXPECT_FALSE(budget.TryRetry(clock.now()));
}

TEST(RetryBudgetTest, ATenthAddedTenTimesIsOne) {
  VirtualClock clock;
  RetryBudget budget({.ratio = 0.1, .floor_per_second = 0});
  for (int i = 0; i < 1000; ++i) {
    Request(budget, clock.now(), 9);
    EXPECT_FALSE(budget.TryRetry(clock.now())) << i;
    budget.Request(clock.now());
    EXPECT_TRUE(budget.TryRetry(clock.now())) << i;
  }
}

TEST(RetryBudgetTest, WithoutAFloorItStartsEmptyAndSavesOne) {
  VirtualClock clock;
  RetryBudget budget({.ratio = 0.5, .floor_per_second = 0});
  EXPECT_EQ(Drain(budget, clock.Advance(hours(1))), 0);
  Request(budget, clock.now(), 100);
  EXPECT_EQ(Drain(budget, clock.now()), 1);
}

TEST(RetryBudgetTest, OfNothingNothingIsGranted) {
  VirtualClock clock;
  RetryBudget budget({.ratio = 0, .floor_per_second = 0});
  for (int i = 0; i < 1000; ++i) {
    budget.Request(clock.Advance(seconds(1)));
    EXPECT_FALSE(budget.TryRetry(clock.now()));
  }
}

TEST(RetryBudgetTest, TheFloorComesEvenlyInTime) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 0, .floor_per_second = 10, .window = seconds(1)});
  EXPECT_EQ(Drain(budget, clock.now()), 10);
  EXPECT_FALSE(budget.TryRetry(clock.Advance(nanoseconds(99'999'999))));
  EXPECT_TRUE(budget.TryRetry(clock.Advance(nanoseconds(1))));
  EXPECT_FALSE(budget.TryRetry(clock.now()));
  EXPECT_EQ(Drain(budget, clock.Advance(milliseconds(350))), 3);
  EXPECT_EQ(Drain(budget, clock.Advance(milliseconds(50))), 1);
}

TEST(RetryBudgetTest, NothingIsLostToRoundingHoweverOftenItIsAsked) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 0, .floor_per_second = 0.001, .window = milliseconds(1)});
  // It starts with a millionth of a retry; the rest takes 999.999 s.
  EXPECT_FALSE(budget.TryRetry(clock.now()));
  int asked = 0;
  while (!budget.TryRetry(clock.Advance(milliseconds(1)))) ++asked;
  EXPECT_EQ(asked, 999'998);
}

TEST(RetryBudgetTest, LongCalmSavesNoMoreThanTheWindowsWorth) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 0.2, .floor_per_second = 10, .window = seconds(3)});
  for (const Duration calm :
       {Duration(seconds(3)), Duration(hours(1)), Duration(hours(24 * 365))}) {
    Drain(budget, clock.now());
    EXPECT_EQ(Drain(budget, clock.Advance(calm)), 30);
  }
}

TEST(RetryBudgetTest, ManyRequestsSaveNoMoreThanTheWindowsWorth) {
  VirtualClock clock;
  RetryBudget budget({.ratio = 1, .floor_per_second = 5, .window = seconds(2)});
  Request(budget, clock.now(), 1000);
  EXPECT_EQ(Drain(budget, clock.now()), 10);
}

TEST(RetryBudgetTest, AClockThatStepsBackNeitherGivesNorTakes) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 0, .floor_per_second = 10, .window = seconds(1)});
  EXPECT_EQ(Drain(budget, clock.Advance(seconds(10))), 10);
  EXPECT_FALSE(budget.TryRetry(clock.Advance(-seconds(5))));
  EXPECT_FALSE(budget.TryRetry(clock.Advance(seconds(5))));
  EXPECT_EQ(Drain(budget, clock.Advance(milliseconds(200))), 2);
}

TEST(RetryBudgetTest, AbsurdReadingsDoNoLastingHarm) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 0, .floor_per_second = 10, .window = seconds(1)});
  for (const TimePoint absurd : {TimePoint::max(), TimePoint::min()}) {
    EXPECT_LE(Drain(budget, absurd), 10);
    Drain(budget, clock.now());
    EXPECT_FALSE(budget.TryRetry(clock.now()));
    EXPECT_EQ(Drain(budget, clock.Advance(milliseconds(500))), 5);
  }
}

TEST(RetryBudgetTest, TheLargestOptionsDoNotOverflow) {
  VirtualClock clock;
  RetryBudget budget(
      {.ratio = 1, .floor_per_second = 1000, .window = hours(1)});
  EXPECT_EQ(Drain(budget, clock.now()), 3'600'000);
  EXPECT_EQ(Drain(budget, clock.Advance(hours(1))), 3'600'000);
  Request(budget, clock.Advance(hours(1)), 10);
  EXPECT_EQ(Drain(budget, clock.now()), 3'600'000);
}

// The bound by its definition: a retry is within it if, of every span of time
// that ends now, the retries are no more than cap + ratio * requests +
// floor * seconds. In millionths, with all quantities whole.
class Bound {
 public:
  Bound(std::int64_t cap, std::int64_t per_request, std::int64_t per_us)
      : cap_(cap), per_request_(per_request), per_us_(per_us) {}

  void Pass(microseconds time) { Bring(per_us_ * time.count()); }
  void Request() { Bring(per_request_); }

  bool Allows() const {
    return std::all_of(spans_.begin(), spans_.end(),
                       [](std::int64_t left) { return left >= 1'000'000; });
  }

  void Retry() {
    for (std::int64_t& left : spans_) left -= 1'000'000;
  }

 private:
  // A span begins after each event.
  void Bring(std::int64_t millionths) {
    for (std::int64_t& left : spans_) left += millionths;
    spans_.push_back(cap_);
  }

  const std::int64_t cap_;
  const std::int64_t per_request_;
  const std::int64_t per_us_;
  std::vector<std::int64_t> spans_ = {cap_};  // What is left of each.
};

void FollowTheBound(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  const auto percent = static_cast<std::int64_t>(random.Below(101));
  const auto floor = static_cast<std::int64_t>(1 + random.Below(20));
  const auto window = static_cast<std::int64_t>(1 + random.Below(3));
  RetryBudget budget({.ratio = static_cast<double>(percent) / 100,
                      .floor_per_second = static_cast<double>(floor),
                      .window = seconds(window)});
  Bound bound(floor * window * 1'000'000, percent * 10'000, floor);
  VirtualClock clock;
  budget.Request(clock.now());
  bound.Request();
  TimePoint latest = clock.now();
  for (int i = 0; i < 1000; ++i) {
    switch (random.Below(5)) {
      case 0:
        clock.Advance(-microseconds(random.Below(1'000'000)));
        break;
      case 1:
        clock.Advance(microseconds(random.Below(1'000)));
        break;
      case 2:
        clock.Advance(microseconds(random.Below(1'000'000)));
        break;
    }
    if (clock.now() > latest) {
      bound.Pass(duration_cast<microseconds>(clock.now() - latest));
      latest = clock.now();
    }
    if (random.Below(3) == 0) {
      budget.Request(clock.now());
      bound.Request();
    } else {
      const bool allowed = bound.Allows();
      ASSERT_EQ(budget.TryRetry(clock.now()), allowed) << i;
      if (allowed) bound.Retry();
    }
  }
}

TEST(RetryBudgetTest, GrantsWhatTheBoundAllowsAndNoMore) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) FollowTheBound(seed);
}

}  // namespace
}  // namespace els
