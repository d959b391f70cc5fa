#include "sim/files/number_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Times = std::vector<Duration>;

TEST(ParseNumbers, ReadsOneALineAndPassesOverComments) {
  const auto numbers = ParseNumbers("# ms\n1\n\n 2.5 \r\n1e3");
  ASSERT_TRUE(numbers.ok());
  EXPECT_EQ(*numbers, (std::vector<double>{1, 2.5, 1000}));
}

TEST(ParseNumbers, NamesTheLineThatIsNone) {
  EXPECT_EQ(ParseNumbers("# ms\n1\n2 3\n").status().message(),
            "3: \"2 3\" is no number");
  EXPECT_FALSE(ParseNumbers("nan").ok());
  EXPECT_FALSE(ParseNumbers("inf").ok());
}

TEST(ParseTimes, ReadsSecondsSinceTheStart) {
  const auto times = ParseTimes("0.5\n2\n", "");
  ASSERT_TRUE(times.ok());
  EXPECT_EQ(*times, (Times{milliseconds(500), seconds(2)}));
}

TEST(ParseTimes, ReadsAColumnOfTimestampsFromTheFirstOn) {
  const auto times = ParseTimes(
      "TIMESTAMP,Tokens\n2023-11-16 18:15:46.5000000,374\n"
      "2023-11-16 18:15:50.2500000,396\n",
      "TIMESTAMP");
  ASSERT_TRUE(times.ok()) << times.status();
  EXPECT_EQ(*times, (Times{Duration::zero(), milliseconds(3750)}));
}

TEST(ParseTimes, ReadsTheColumnThatIsNamed) {
  const auto times = ParseTimes("a,b\n1,2\n3,4\n", "b");
  ASSERT_TRUE(times.ok());
  EXPECT_EQ(*times, (Times{seconds(2), seconds(4)}));
}

TEST(ParseTimes, NamesTheLineAndTheColumnsThereAre) {
  EXPECT_EQ(ParseTimes("a,b\n1,2\n", "c").status().message(),
            "1: there is no column \"c\"; the columns are a,b");
  EXPECT_EQ(ParseTimes("a,b\n1\n", "b").status().message().substr(0, 7),
            "2: \"1\" ");
  EXPECT_FALSE(ParseTimes("-1\n", "").ok());
  EXPECT_FALSE(ParseTimes("1e9\n", "").ok());
}

}  // namespace
}  // namespace els_sim
