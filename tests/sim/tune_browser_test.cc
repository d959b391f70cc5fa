// The page of a search in a real browser.

#include <gtest/gtest.h>

#include <string>

#include "sim/tuning/tune.h"
#include "sim/tuning/tune_page.h"
#include "tests/sim/page_in_browser.h"
#include "tests/sim/tune_setup.h"

namespace els_sim {
namespace {

using TuneInBrowser = PageInBrowser;

TEST_F(TuneInBrowser, DrawsTheLandscapeAndTheParetoSet) {
  const TunePlan plan = SmallTune();
  const auto result = Tune(plan, {.threads = 2});
  ASSERT_TRUE(result.ok()) << result.status();
  const std::string document = Load(TunePage(plan, *result));
  ExpectCharts(2, document);
  EXPECT_NE(document.find("<option value=\"1\">turn_limit</option>"),
            std::string::npos);
}

}  // namespace
}  // namespace els_sim
