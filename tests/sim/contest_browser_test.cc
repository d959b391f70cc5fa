// The page in a real browser.

#include <gtest/gtest.h>

#include <string>

#include "sim/files/catalogue.h"
#include "sim/results/contest_page.h"
#include "tests/sim/page_in_browser.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

using ContestInBrowser = PageInBrowser;

TEST_F(ContestInBrowser, DrawsEveryChartWithoutAnError) {
  ContestPlan plan = {.scenarios = {*FindScenario("silent")},
                      .policies = {FindPolicy("p2c"), FindPolicy("els")},
                      .base = 1,
                      .seeds = {.first = 1, .count = 2},
                      .with_timelines = true};
  const std::string document = Load(ContestPage(RunContest(plan, 2)));
  ExpectCharts(4, document);
  EXPECT_NE(document.find("silent</li>"), std::string::npos);
}

TEST_F(ContestInBrowser, DrawsWhatHasNoIntervalAndNoLatencies) {
  ContestPlan plan = SmallPlan();
  plan.seeds.count = 1;
  plan.with_timelines = true;
  plan.scenarios.push_back(TwoRequests("</script><!--", {{}}));
  plan.scenarios.back().arrivals =
      TraceArrivals{.times = std::make_shared<const std::vector<Duration>>()};
  ExpectCharts(4, Load(ContestPage(RunContest(plan, 1))));
}

TEST_F(ContestInBrowser, RecordsAnErrorOfItsScripts) {
  ContestPlan plan = SmallPlan();
  plan.with_timelines = true;
  std::string page = ContestPage(RunContest(plan, 1));
  const std::string marker = "\"use strict\";";
  page.replace(page.rfind(marker), marker.size(), "nothing.at.all();");
  EXPECT_NE(Load(page).find("data-error=\""), std::string::npos);
}

}  // namespace
}  // namespace els_sim
