#include "src/base/duration_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace els::internal {
namespace {

using std::chrono::nanoseconds;

struct Case {
  const char* text;
  nanoseconds want;
};

TEST(DurationTextTest, ReadsWholeNanosecondsInEveryUnit) {
  for (const Case& each : {
           Case{"0", nanoseconds(0)},
           Case{"5ns", nanoseconds(5)},
           Case{"1.5us", nanoseconds(1'500)},
           Case{".25ms", nanoseconds(250'000)},
           Case{"-2s", nanoseconds(-2'000'000'000)},
           Case{"1m30s", nanoseconds(90'000'000'000)},
           Case{"0.5h0.5m", nanoseconds(1'830'000'000'000)},
           Case{"0.999999999s", nanoseconds(999'999'999)},
           // 3 ns are 5e-11 minutes.
           Case{"0.00000000005m", nanoseconds(3)},
           // Zeros at the end are no digits.
           Case{"7.0000000000000000000000ns", nanoseconds(7)},
           Case{"0.1000000000000000000000us", nanoseconds(100)},
       }) {
    Duration read = nanoseconds(-1);
    EXPECT_TRUE(ParseDuration(each.text, read)) << each.text;
    EXPECT_EQ(read, each.want) << each.text;
  }
}

TEST(DurationTextTest, RefusesWhatIsFinerThanANanosecond) {
  for (const char* text :
       {"0.1ns", "1.5ns", "0.0001us", "1.0000001ms", "0.0000000001s",
        "0.00000000001m", "0.000000000001h", "1s0.5ns", "1.5ns1.5ns",
        "0.00000000000000000000000001s"}) {
    Duration read = nanoseconds(-1);
    EXPECT_FALSE(ParseDuration(text, read)) << text;
    EXPECT_EQ(read, nanoseconds(-1)) << text;
  }
}

TEST(DurationTextTest, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "5", "1.5", "5 s", "5 min", "1d", "5S",
                           "five", "1e3s", "--5s", "1s;", "5\xc2\xb5s"}) {
    Duration read = nanoseconds(-1);
    EXPECT_FALSE(ParseDuration(text, read)) << text;
    EXPECT_EQ(read, nanoseconds(-1)) << text;
  }
}

TEST(DurationTextTest, WhatIsTooLongBecomesTheLongest) {
  Duration read;
  ASSERT_TRUE(ParseDuration("inf", read));
  EXPECT_EQ(read, Duration::max());
  ASSERT_TRUE(ParseDuration("-inf", read));
  EXPECT_EQ(read, Duration::min());
  ASSERT_TRUE(ParseDuration("9000000h", read));
  EXPECT_EQ(read, Duration::max());
}

}  // namespace
}  // namespace els::internal
