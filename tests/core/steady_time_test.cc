#include "src/steady_time.h"

#include <gtest/gtest.h>

namespace els::internal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kStart{seconds(1000)};

TEST(SteadyTimeTest, StartsAtZeroWhateverTheFirstReading) {
  for (const TimePoint first :
       {TimePoint::min(), TimePoint(), kStart, TimePoint::max()}) {
    SteadyTime time;
    EXPECT_EQ(time.Peek(first), seconds(0));
    EXPECT_EQ(time.Advance(first), seconds(0));
  }
}

TEST(SteadyTimeTest, FollowsTheReadings) {
  SteadyTime time;
  time.Advance(kStart);
  EXPECT_EQ(time.Advance(kStart + seconds(3)), seconds(3));
  EXPECT_EQ(time.Advance(kStart + minutes(59)), minutes(59));
}

TEST(SteadyTimeTest, DoesNotStepBack) {
  SteadyTime time;
  time.Advance(kStart);
  time.Advance(kStart + seconds(5));
  EXPECT_EQ(time.Advance(kStart + seconds(2)), seconds(5));
  // The time lost is not counted again.
  EXPECT_EQ(time.Advance(kStart + seconds(6)), seconds(6));
}

TEST(SteadyTimeTest, PeekingChangesNothing) {
  SteadyTime time;
  time.Advance(kStart);
  EXPECT_EQ(time.Peek(kStart + seconds(9)), seconds(9));
  EXPECT_EQ(time.Advance(kStart + seconds(1)), seconds(1));
}

TEST(SteadyTimeTest, BelievesAnHourOfALongerStep) {
  SteadyTime time;
  time.Advance(kStart);
  EXPECT_EQ(time.Advance(kStart + hours(100)), hours(1));
  EXPECT_EQ(time.Advance(kStart + hours(100) + seconds(1)),
            hours(1) + seconds(1));
}

TEST(SteadyTimeTest, RecoversFromOneAbsurdReading) {
  SteadyTime time;
  time.Advance(kStart);
  EXPECT_EQ(time.Advance(TimePoint::max()), hours(1));
  EXPECT_EQ(time.Advance(kStart + seconds(1)), hours(1));
  EXPECT_EQ(time.Advance(kStart + seconds(3)), hours(1) + seconds(2));
  EXPECT_EQ(time.Advance(TimePoint::min()), hours(1) + seconds(2));
  EXPECT_EQ(time.Advance(kStart + seconds(4)), hours(2) + seconds(2));
}

}  // namespace
}  // namespace els::internal
