#include "examples/demo/table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "examples/demo/progress.h"
#include "tests/demo/samples.h"

namespace demo {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(FormatLatency, ShowsTwoDigitsOrMoreInTheUnitThatFits) {
  EXPECT_EQ(FormatLatency(microseconds(1'240)), "1.2 ms");
  EXPECT_EQ(FormatLatency(microseconds(9'949)), "9.9 ms");
  EXPECT_EQ(FormatLatency(microseconds(9'960)), "10 ms");
  EXPECT_EQ(FormatLatency(milliseconds(999)), "999 ms");
  EXPECT_EQ(FormatLatency(microseconds(999'600)), "1.0 s");
  EXPECT_EQ(FormatLatency(milliseconds(2'040)), "2.0 s");
  EXPECT_EQ(FormatLatency(std::nullopt), "failed");
}

TEST(TextTable, PutsEveryPolicyInAColumn) {
  const std::vector<PolicyResult> results = {
      {"round-robin", Ladder(4, 1), {{"good", 5}, {"bad", 5}}},
      {"els", Ladder(200, 0), {{"good", 3}, {"bad", 1}}}};
  EXPECT_EQ(TextTable(results),
            "                round-robin      els\n"
            "requests                  5      200\n"
            "p50                  3.0 ms   100 ms\n"
            "p90                  failed   180 ms\n"
            "p99                  failed   198 ms\n"
            "errors               20.0 %    0.0 %\n"
            "share of good        50.0 %   75.0 %\n"
            "share of bad         50.0 %   25.0 %\n");
}

TEST(Verdict, NamesTheOneThatIsBestAtBoth) {
  EXPECT_EQ(Verdict(std::vector<PolicyResult>{{"a", Ladder(99, 1), {}},
                                              {"b", Ladder(90, 10), {}}}),
            "a had both the fewest errors (1.0 %) and the lowest p99 (99 ms).");
}

TEST(Verdict, NamesBothWhenTheyAreDifferent) {
  // a: one of 200 failed, p99 is the 198th, 198 ms; b: none failed, 300 ms.
  const std::vector<PolicyResult> results = {
      {"a", Ladder(199, 1), {}},
      {"b", std::vector<Sample>(10, Answered(300)), {}}};
  EXPECT_EQ(Verdict(results),
            "b had the fewest errors (0.0 %), a the lowest p99 (198 ms).");
}

TEST(Verdict, SaysSoWhenEveryP99Failed) {
  EXPECT_EQ(Verdict(std::vector<PolicyResult>{{"a", Ladder(8, 2), {}},
                                              {"b", Ladder(9, 1), {}}}),
            "b had the fewest errors (10.0 %); under every policy the p99 was "
            "a failed request.");
}

TEST(Verdict, SharesAVictoryAmongEquals) {
  EXPECT_EQ(Verdict(std::vector<PolicyResult>{{"a", Ladder(9, 0), {}},
                                              {"b", Ladder(9, 0), {}},
                                              {"c", Ladder(9, 0), {}}}),
            "a, b and c had both the fewest errors (0.0 %) and the lowest p99 "
            "(9.0 ms).");
}

TEST(ProgressLine, CountsFailuresApartFromAnswers) {
  const LoadLog log{.sent = 120, .samples = Ladder(98, 2)};
  EXPECT_EQ(ProgressLine("els", std::chrono::seconds(3), log),
            "els                3s 120 sent 98 answered 2 errors p50 50 ms p99 "
            "failed");
}

TEST(ProgressLine, FitsATerminalOfEightyColumns) {
  const LoadLog log{.sent = 4400,
                    .samples = {std::vector<Sample>(4000, Answered(999))}};
  EXPECT_LE(
      ProgressLine("least-outstanding", std::chrono::seconds(22), log).size(),
      80u);
}

TEST(ProgressLine, HasNoQuantilesBeforeTheFirstAnswer) {
  EXPECT_EQ(ProgressLine("els", std::chrono::seconds(0), {.sent = 1}),
            "els                0s 1 sent 0 answered 0 errors");
}

}  // namespace
}  // namespace demo
