#include "sim/results/contest_report.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

namespace json = boost::json;

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST(RenderContest, HasARowForEachScenarioAndPolicy) {
  const std::string text = RenderContest(RunContest(SmallPlan(), 1));
  EXPECT_EQ(text.find("round-robin against 1 policy in 2 scenarios, seeds 1 to "
                      "3\n"),
            0);
  EXPECT_NE(
      text.find(
          "\nscenario  policy                   cost ms  ratio   95 % "
          "interval  round-robin  p99 ms  errors %  attempts\n"
          "alone     round-robin               100.00      1              "
          " -            -  100.00      0.00      1.00\n"
          "          shortest-expected-delay   100.00  1.000  [1.000, "
          "1.000]          tie  100.00      0.00      1.00\n"
          "pair      round-robin               200.00      1              "
          " -            -  300.00      0.00      1.00\n"
          "          shortest-expected-delay   100.00  0.500  [0.500, "
          "0.500]         LOSS  100.00      0.00      1.00\n"),
      std::string::npos)
      << text;
}

TEST(RenderContest, ListsLossesAgainInCapitals) {
  const std::string text = RenderContest(RunContest(SmallPlan(), 1));
  EXPECT_NE(text.find("\nLosses of round-robin\n  none\n\nLosses of "
                      "round-robin to yardsticks, which know what it cannot\n"
                      "  LOSS: PAIR, TO SHORTEST-EXPECTED-DELAY: RATIO 0.500 "
                      "[0.500, 0.500]\n"),
            std::string::npos)
      << text;
}

TEST(RenderContest, SaysWhenNoLossWasThere) {
  ContestPlan plan = SmallPlan();
  plan.policies[1] = FindPolicy("random");
  plan.scenarios.pop_back();
  const std::string text = RenderContest(RunContest(plan, 1));
  EXPECT_NE(text.find("\nLosses of round-robin\n  none\n"), std::string::npos);
  EXPECT_EQ(text.find("yardsticks, which"), std::string::npos);
}

TEST(RenderContest, HasNoIntervalOfOneSeed) {
  ContestPlan plan = SmallPlan();
  plan.seeds.count = 1;
  const std::string text = RenderContest(RunContest(plan, 1));
  EXPECT_EQ(text.find('['), std::string::npos) << text;
  EXPECT_EQ(text.find("LOSS: "), text.find("LOSS: it costs"));
}

TEST(TitleOf, NamesTheLoadWhereThereAreSeveral) {
  ContestPlan plan = SmallPlan();
  Scenario stream = plan.scenarios[0];
  stream.name = "stream";
  stream.arrivals =
      OpenArrivals{.length = std::chrono::seconds(1), .load = 0.25};
  plan.scenarios.push_back(stream);
  std::get<OpenArrivals>(stream.arrivals).load = 0.5;
  plan.scenarios.push_back(stream);
  const Contest contest = {.plan = plan, .entries = {}, .standings = {}};
  EXPECT_EQ(TitleOf(contest, 0), "alone");
  EXPECT_EQ(TitleOf(contest, 2), "stream at 0.25");
  EXPECT_EQ(TitleOf(contest, 3), "stream at 0.5");
}

TEST(ContestCsv, HasALineForEachScenarioAndPolicy) {
  const auto lines = Lines(ContestCsv(RunContest(SmallPlan(), 1)));
  ASSERT_EQ(lines.size(), 5);
  EXPECT_EQ(lines[0],
            "scenario,load,policy,base,cost_s,ratio,low,high,verdict,p50_s,"
            "p90_s,p99_s,p999_s,requests,error_rate,attempts_per_request");
  EXPECT_EQ(lines[4],
            "pair,,shortest-expected-delay,round-robin,0.1,0.5,0.5,0.5,LOSS,"
            "0.1,0.1,0.1,0.1,6,0,1");
}

TEST(ContestCsv, QuotesWhatWouldBreakALine) {
  ContestPlan plan = SmallPlan();
  plan.scenarios[0].name = "a,\"b\"";
  const auto lines = Lines(ContestCsv(RunContest(plan, 1)));
  EXPECT_EQ(lines[1].find("\"a,\"\"b\"\"\",,round-robin,"), 0) << lines[1];
}

TEST(ContestJson, CanBeReadBack) {
  const json::value all = json::parse(ContestJson(RunContest(SmallPlan(), 1)));
  EXPECT_EQ(all.at("base"), "round-robin");
  EXPECT_EQ(all.at("seeds").at("count").to_number<int>(), 3);
  const json::array& rows = all.at("rows").as_array();
  ASSERT_EQ(rows.size(), 4);
  EXPECT_EQ(rows[3].at("scenario"), "pair");
  EXPECT_TRUE(rows[3].at("load").is_null());
  EXPECT_EQ(rows[3].at("verdict"), "LOSS");
  EXPECT_NEAR(rows[3].at("ratio").as_double(), 0.5, 1e-12);
  EXPECT_EQ(rows[2].at("costs_by_seed_s"), (json::array{0.2, 0.2, 0.2}));
  const json::value& standing = all.at("standings").at(1);
  EXPECT_EQ(standing.at("policy"), "shortest-expected-delay");
  EXPECT_NEAR(standing.at("to_base").at("ratio").as_double(), 0.70710678, 1e-8);
  EXPECT_NEAR(standing.at("p99_to_base").as_double(), 0.57735027, 1e-8);
  EXPECT_EQ(standing.at("losses").to_number<int>(), 1);
}

TEST(ContestJson, IsNullWhereThereIsNoInterval) {
  ContestPlan plan = SmallPlan();
  plan.seeds.count = 1;
  const json::value all = json::parse(ContestJson(RunContest(plan, 1)));
  EXPECT_TRUE(all.at("rows").at(1).at("low").is_null());
  EXPECT_TRUE(all.at("standings").at(1).at("to_base").at("high").is_null());
}

}  // namespace
}  // namespace els_sim
