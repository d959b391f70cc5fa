// The page in a real browser.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/files/catalogue.h"
#include "sim/results/contest_page.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

namespace fs = std::filesystem;

class ContestInBrowser : public testing::Test {
 protected:
  ContestInBrowser()
      : folder_(fs::path(testing::TempDir()) /
                ("contest_page_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ContestInBrowser() override { fs::remove_all(folder_); }

  // The document as the browser has it once the page's scripts have run.
  std::string Load(const std::string& page) const {
    std::ofstream(folder_ / "page.html") << page;
    const std::string command =
        "'" ELS_CHROMIUM
        "' --headless --no-sandbox --disable-gpu --disable-quic "
        "--no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --user-data-dir='" +
        (folder_ / "profile").string() +
        "' --virtual-time-budget=5000 --dump-dom 'file://" +
        (folder_ / "page.html").string() + "' >'" + (folder_ / "out").string() +
        "' 2>'" + (folder_ / "err").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::ostringstream document;
    document << std::ifstream(folder_ / "out").rdbuf();
    return document.str();
  }

  static void ExpectFourCharts(const std::string& document) {
    const std::string head = document.substr(0, document.find("<body"));
    EXPECT_NE(head.find("data-charts=\"4\""), std::string::npos) << head;
    EXPECT_EQ(head.find("data-error"), std::string::npos) << head;
  }

  const fs::path folder_;
};

TEST_F(ContestInBrowser, DrawsEveryChartWithoutAnError) {
  ContestPlan plan = {.scenarios = {*FindScenario("silent")},
                      .policies = {FindPolicy("p2c"), FindPolicy("els")},
                      .base = 1,
                      .seeds = {.first = 1, .count = 2},
                      .with_timelines = true};
  const std::string document = Load(ContestPage(RunContest(plan, 2)));
  ExpectFourCharts(document);
  EXPECT_NE(document.find("silent</li>"), std::string::npos);
}

TEST_F(ContestInBrowser, DrawsWhatHasNoIntervalAndNoLatencies) {
  ContestPlan plan = SmallPlan();
  plan.seeds.count = 1;
  plan.with_timelines = true;
  plan.scenarios.push_back(TwoRequests("</script><!--", {{}}));
  plan.scenarios.back().arrivals =
      TraceArrivals{.times = std::make_shared<const std::vector<Duration>>()};
  ExpectFourCharts(Load(ContestPage(RunContest(plan, 1))));
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
