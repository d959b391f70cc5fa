#include "sim/results/contest_page.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <regex>
#include <string>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/results/contest_events.h"
#include "sim/results/html_text.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

Contest SmallContest() {
  ContestPlan plan = SmallPlan();
  plan.with_timelines = true;
  plan.scenarios[0].name = "</script> & {{data}}";
  return RunContest(plan, 1);
}

TEST(HtmlText, RoundsToSignificantDigits) {
  EXPECT_EQ(Rounded(1234.56, 4), 1235);
  EXPECT_EQ(Rounded(-0.00123456, 3), -0.00123);
  EXPECT_EQ(Rounded(0, 4), 0);
}

TEST(HtmlText, LeavesNoSpecialCharacter) {
  EXPECT_EQ(EscapeHtml("a < b && \"c\" > d"),
            "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
  EXPECT_EQ(EscapeScript("x = '</script>' + '<!-- y';"),
            "x = '<\\/script>' + '<\\!-- y';");
  EXPECT_EQ(EscapeJson("[\"<b\"]"), "[\"\\u003cb\"]");
}

TEST(HtmlText, FillsInOnePass) {
  EXPECT_EQ(Fill("{{a}}-{{b}}", {{"a", "{{b}}"}, {"b", "c"}}), "{{b}}-c");
}

TEST(ContestPage, HasTheTablesWithoutAScript) {
  const std::string page = ContestPage(SmallContest());
  EXPECT_NE(
      page.find("<tr><th scope=\"row\">pair</th><td class=\"base\">200.00 "
                "ms</td><td class=\"LOSS\">0.500 [0.500, 0.500] LOSS"
                "</td></tr>"),
      std::string::npos);
  EXPECT_NE(page.find("<td>0 / 1 / 1</td></tr>"), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"row\">&lt;/script&gt; &amp; {{data}}</th>"),
            std::string::npos);
}

TEST(ContestPage, ListsLossesInCapitals) {
  ContestPlan plan = SmallPlan();
  EXPECT_NE(ContestPage(RunContest(plan, 1)).find("<li>none</li>"),
            std::string::npos);
  plan.policies.push_back(FindPolicy("least-outstanding"));
  Contest contest = RunContest(plan, 1);
  contest.entries[1][2].score = Score::kLoss;
  contest.entries[1][2].to_base = {.mean = 0, .half_width = 0.0};
  EXPECT_NE(ContestPage(contest).find("<li>LOSS: PAIR, TO LEAST-OUTSTANDING: "
                                      "RATIO 1.000 [1.000, 1.000]</li>"),
            std::string::npos);
}

TEST(ContestPage, RefersToNothingOutsideItself) {
  const std::string page = ContestPage(SmallContest());
  const std::regex reference(
      "(src|href|action)\\s*=\\s*[\"']|url\\(|@import|\\bfetch\\(|"
      "XMLHttpRequest|importScripts");
  for (std::sregex_iterator it(page.begin(), page.end(), reference), end;
       it != end; ++it) {
    ADD_FAILURE() << page.substr(static_cast<std::size_t>(it->position()), 80);
  }
}

TEST(ContestPageData, HasQuantilesCostsAndSharesOfEachPolicy) {
  const json::value data = json::parse(ContestPageData(SmallContest()));
  EXPECT_EQ(data.at("policies").at(1), "shortest-expected-delay");
  const json::value& pair = data.at("scenarios").at(1);
  EXPECT_EQ(pair.at("title"), "pair");
  EXPECT_EQ(pair.at("groups"), (json::array{"b0", "b1"}));
  EXPECT_EQ(pair.at("events").at(0).at("text"), "b1 3 times slower");
  const json::value& round_robin = pair.at("entries").at(0);
  EXPECT_EQ(round_robin.at("quantiles").at(0), 100.0);
  EXPECT_EQ(round_robin.at("quantiles").as_array().back(), 300.0);
  EXPECT_EQ(round_robin.at("costs"), (json::array{200.0}));
  EXPECT_EQ(round_robin.at("shares").at(1), (json::array{50.0}));
  EXPECT_EQ(pair.at("entries").at(1).at("shares").at(1), (json::array{0.0}));
}

TEST(GroupServers, PutsNeighboursThatAreAlikeTogether) {
  const Scenario scenario = {
      .servers = {{}, {.slots = 2}, {.slots = 2}, {.slots = 2}, {}}};
  std::vector<std::string> names;
  for (const ServerGroup& group : GroupServers(scenario)) {
    names.push_back(NameOf(group));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"b0", "b1 to b3", "b4"}));
}

std::vector<std::string> EventTexts(const Scenario& scenario) {
  std::vector<std::string> texts;
  for (const ScenarioEvent& event : EventsOf(scenario)) {
    texts.push_back(std::to_string(event.at / seconds(1)) + " " + event.text);
  }
  return texts;
}

TEST(EventsOf, TellsWhatHappensToServers) {
  Scenario scenario = {
      .arrivals = BurstArrivals{.requests = 1},
      .servers = {
          {.phases = {{.from = seconds(1), .until = seconds(2), .slowness = 4},
                      {.from = seconds(2),
                       .until = seconds(5),
                       .failure_rate = 0.5}}},
          {.phases = {{.from = seconds(3), .silent = true}}},
          {.joins_at = seconds(2), .leaves_at = seconds(9)}}};
  EXPECT_EQ(EventTexts(scenario),
            (std::vector<std::string>{
                "1 b0 4 times slower", "2 b0 failing 50 %, b2 joins",
                "3 b1 silent", "5 b0 well again", "9 b2 leaves"}));
}

TEST(EventsOf, TellsHowTheRateChanges) {
  const Scenario scenario = {
      .arrivals =
          OpenArrivals{.profile = {{.at = seconds(4), .times = 1, .ramp = true},
                                   {.at = seconds(8), .times = 2.5}}}};
  EXPECT_EQ(EventTexts(scenario),
            (std::vector<std::string>{"4 rate times 1, changing",
                                      "8 rate times 2.5"}));
}

}  // namespace
}  // namespace els_sim
