// Options from text, in C: the same as in C++, and what is refused.

#include "els/c_options_text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace els {
namespace {

els_options Defaults() {
  els_options options;
  EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
  return options;
}

class COptionsTextTest : public testing::Test {
 protected:
  els_status Parse(const std::string& text) {
    return els_options_parse(&options_, text.data(), text.size(), why_,
                             sizeof why_);
  }

  els_options options_ = Defaults();
  char why_[200] = "not written";
};

TEST_F(COptionsTextTest, SetsWhatTheTextNamesAndNothingElse) {
  options_.turn_slope = 3;
  EXPECT_EQ(Parse("turn_limit = 0.5\nlatency_memory = 2.5s # of late\n"
                  "choice = power-of-two"),
            ELS_OK);
  EXPECT_STREQ(why_, "");
  EXPECT_EQ(options_.turn_limit, 0.5);
  EXPECT_EQ(options_.latency_memory_ns, 2'500'000'000);
  EXPECT_EQ(options_.choice, ELS_CHOICE_POWER_OF_TWO);
  EXPECT_EQ(options_.turn_slope, 3);
  EXPECT_EQ(options_.overdue_factor, Defaults().overdue_factor);
  EXPECT_EQ(options_.struct_size, sizeof options_);
}

TEST_F(COptionsTextTest, AWrongLineIsNamedAndChangesNothing) {
  EXPECT_EQ(Parse("turn_slope = 2\nturn_limit = 1.5"), ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(
      why_, "line 2: turn_limit is \"1.5\"; it must be a number from 0 to 0.9");
  EXPECT_EQ(options_.turn_slope, Defaults().turn_slope);
  EXPECT_EQ(Parse("no_such = 1"), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(why_).find("line 1: there is no option \"no_such\""),
            0);
}

TEST_F(COptionsTextTest, AnEmptyTextMayBeNull) {
  EXPECT_EQ(els_options_parse(&options_, nullptr, 0, why_, sizeof why_),
            ELS_OK);
  EXPECT_EQ(els_options_parse(&options_, nullptr, 1, why_, sizeof why_),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why_, "text is a null pointer");
  EXPECT_EQ(els_options_parse(nullptr, "", 0, why_, sizeof why_),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why_, "options is a null pointer");
}

TEST_F(COptionsTextTest, AValueOutOfRangeBeforeIsRefusedUnlessMended) {
  options_.turn_limit = 5;
  EXPECT_EQ(Parse("turn_slope = 2"), ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why_, "turn_limit is 5; it must be from 0 to 0.9");
  EXPECT_EQ(Parse("turn_limit = 0.1"), ELS_OK);
  EXPECT_EQ(options_.turn_limit, 0.1);
}

// A program that was compiled when els_options ended before turn_premium.
TEST_F(COptionsTextTest, AShorterStructIsWrittenNoFurtherThanItGoes) {
  options_.struct_size = offsetof(els_options, turn_premium);
  options_.turn_premium = 123;
  EXPECT_EQ(Parse("turn_premium = 0.1\nturn_limit = 0.1"), ELS_OK);
  EXPECT_EQ(options_.turn_limit, 0.1);
  EXPECT_EQ(options_.turn_premium, 123);
  EXPECT_EQ(options_.struct_size, offsetof(els_options, turn_premium));
  options_.struct_size = 3;
  EXPECT_EQ(Parse(""), ELS_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace els
