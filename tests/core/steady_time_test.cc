#include "src/base/steady_time.h"

#include <gtest/gtest.h>

namespace els::internal {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kStart{hours(1000)};

// Reads the time, takes note of it if it is not in doubt, and returns it.
Duration Note(SteadyTime& time, TimePoint reading) {
  const std::int64_t at = time.At(reading);
  if (at > time.now()) time.Advance(at);
  return std::chrono::nanoseconds(at);
}

TEST(SteadyTimeTest, StartsAtZeroWhateverTheFirstReading) {
  for (const TimePoint first :
       {TimePoint::min(), TimePoint(), kStart, TimePoint::max()}) {
    SteadyTime time;
    EXPECT_EQ(Note(time, first), seconds(0));
  }
}

TEST(SteadyTimeTest, FollowsTheReadings) {
  SteadyTime time;
  Note(time, kStart);
  EXPECT_EQ(Note(time, kStart + seconds(3)), seconds(3));
  EXPECT_EQ(Note(time, kStart + minutes(59)), minutes(59));
  EXPECT_EQ(Note(time, kStart + minutes(118)), minutes(118));
}

// Those that use it take the latest time noted instead.
TEST(SteadyTimeTest, TellsAStepBackFromTheLatestTimeNoted) {
  SteadyTime time;
  Note(time, kStart);
  Note(time, kStart + seconds(5));
  EXPECT_EQ(Note(time, kStart + seconds(2)), seconds(2));
  EXPECT_EQ(std::chrono::nanoseconds(time.now()), seconds(5));
  // The time lost is not counted again.
  EXPECT_EQ(Note(time, kStart + seconds(6)), seconds(6));
}

TEST(SteadyTimeTest, PeekingChangesNothing) {
  SteadyTime time;
  Note(time, kStart);
  EXPECT_EQ(std::chrono::nanoseconds(time.PeekAt(kStart + seconds(9))),
            seconds(9));
  EXPECT_EQ(std::chrono::nanoseconds(time.PeekAt(TimePoint::max())), hours(1));
  EXPECT_EQ(std::chrono::nanoseconds(time.PeekAt(TimePoint::min())),
            seconds(0));
  EXPECT_EQ(Note(time, kStart + seconds(1)), seconds(1));
}

TEST(SteadyTimeTest, BelievesAnHourOfALongerStep) {
  SteadyTime time;
  Note(time, kStart);
  const TimePoint later = kStart + hours(100);
  EXPECT_EQ(Note(time, later), hours(1));
  EXPECT_EQ(Note(time, later + seconds(1)), hours(1) + seconds(1));
  EXPECT_EQ(Note(time, later + seconds(2)), hours(1) + seconds(2));
}

TEST(SteadyTimeTest, OneAbsurdReadingChangesNothingForTheOthers) {
  SteadyTime time;
  Note(time, kStart);
  EXPECT_EQ(Note(time, TimePoint::max()), hours(1));
  EXPECT_EQ(Note(time, kStart + seconds(1)), seconds(1));
  EXPECT_EQ(Note(time, TimePoint::min()), seconds(1));
  EXPECT_EQ(Note(time, kStart + seconds(2)), seconds(2));
}

TEST(SteadyTimeTest, GoesOnFromWhereAClockThatWasSetBackIs) {
  SteadyTime time;
  Note(time, kStart);
  const TimePoint earlier = kStart - hours(100);
  EXPECT_EQ(Note(time, earlier), seconds(0));
  EXPECT_EQ(Note(time, earlier + seconds(1)), seconds(1));
  EXPECT_EQ(Note(time, earlier + seconds(5)), seconds(5));
}

TEST(SteadyTimeTest, RunsForAHundredYears) {
  SteadyTime time;
  Note(time, kStart);
  Duration passed = seconds(0);
  for (int i = 0; i < 100 * 366 * 24 * 2; ++i) {
    passed += minutes(30);
    ASSERT_EQ(Note(time, kStart + passed), passed);
  }
}

}  // namespace
}  // namespace els::internal
