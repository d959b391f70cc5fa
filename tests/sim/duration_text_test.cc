#include "sim/files/duration_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace els_sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ParseDuration, KnowsEveryUnitAndFractions) {
  EXPECT_EQ(ParseDuration("7ns"), Duration(7));
  EXPECT_EQ(ParseDuration("250us"), microseconds(250));
  EXPECT_EQ(ParseDuration("40ms"), milliseconds(40));
  EXPECT_EQ(ParseDuration("3.5s"), milliseconds(3500));
  EXPECT_EQ(ParseDuration("2min"), minutes(2));
  EXPECT_EQ(ParseDuration("0.25h"), minutes(15));
  EXPECT_EQ(ParseDuration("0s"), Duration::zero());
  EXPECT_EQ(ParseDuration("1.000000001s"), Duration(1'000'000'001));
  EXPECT_EQ(ParseDuration("1.50us"), Duration(1500));
  EXPECT_EQ(ParseDuration("2.000ns"), Duration(2));
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text :
       {"", "s", "1", "1 s", " 1s", "1s ", "-1s", "+1s", "1.s", ".5s", "1..5s",
        "1.2.3s", "1m", "1S", "1e3s", "inf", "1s1ms", "0x1s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, RefusesWhatIsFinerThanANanosecond) {
  EXPECT_EQ(ParseDuration("1.5ns"), std::nullopt);
  EXPECT_EQ(ParseDuration("0.0000000001s"), std::nullopt);
}

// 2^63 ns are 9223372036.854775808 s.
TEST(ParseDuration, RefusesWhatADurationCannotHold) {
  EXPECT_EQ(ParseDuration("9223372036.854775807s"), Duration::max());
  EXPECT_EQ(ParseDuration("9223372036.854775808s"), std::nullopt);
  EXPECT_EQ(ParseDuration("9999999999999999999h"), std::nullopt);
}

TEST(DurationText, IsExactInTheLargestFittingUnit) {
  EXPECT_EQ(DurationText(Duration(7)), "7ns");
  EXPECT_EQ(DurationText(Duration(1500)), "1.5us");
  EXPECT_EQ(DurationText(milliseconds(40), " "), "40 ms");
  EXPECT_EQ(DurationText(Duration(1'000'000'001)), "1.000000001s");
  EXPECT_EQ(DurationText(hours(1)), "3600s");
  EXPECT_EQ(DurationText(Duration::zero()), "0s");
  EXPECT_EQ(DurationText(milliseconds(-500)), "-500ms");
  EXPECT_EQ(DurationText(milliseconds(-1500)), "-1.5s");
  EXPECT_EQ(DurationText(Duration::max()), "never");
}

}  // namespace
}  // namespace els_sim
