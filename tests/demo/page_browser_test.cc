// The page in a real browser.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "examples/demo/child.h"
#include "examples/demo/page.h"
#include "tests/demo/run_to_end.h"
#include "tests/demo/samples.h"
#include "tests/temporary_folder.h"

namespace demo {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class PageInBrowser : public ::testing::Test {
 protected:
  // The document as the browser has it once the page's scripts have run.
  std::string Load(const std::string& page) {
    const fs::path file = folder_.File("page.html");
    std::ofstream(file) << page;
    boost::asio::io_context io(1);
    Child browser(
        io.get_executor(), "chromium",
        {ELS_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
         "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--user-data-dir=" + folder_.File("profile"),
         "--virtual-time-budget=5000", "--dump-dom",
         "file://" + file.string()});
    std::string document;
    while (const auto line = RunToEnd(io, browser.ReadLine())) {
      document += *line + "\n";
    }
    return document.substr(0, document.find("<body"));
  }

 private:
  const TemporaryFolder folder_;
};

std::vector<Sample> TwoSeconds(int failed) {
  std::vector<Sample> samples;
  for (int i = 0; i < 200; ++i) {
    samples.push_back(i < failed ? Failed(10 * i) : Answered(i + 1, 10 * i));
  }
  return samples;
}

TEST_F(PageInBrowser, DrawsEveryChartWithoutAnError) {
  const std::vector<PolicyResult> results = {
      {"round-robin", TwoSeconds(40), {{"a", 10}, {"b", 30}}},
      {"least-outstanding", TwoSeconds(150), {{"a", 20}, {"b", 20}}},
      {"els", TwoSeconds(0), {{"a", 40}, {"b", 0}}}};
  const std::string document = Load(MakePage({"c", {"s"}, "v"}, results));
  EXPECT_THAT(document, HasSubstr("data-charts=\"4\""));
  EXPECT_THAT(document, Not(HasSubstr("data-error")));
}

TEST_F(PageInBrowser, DrawsAPolicyThatFailedEveryRequest) {
  const std::vector<PolicyResult> results = {
      {"hopeless", TwoSeconds(200), {{"a</script>", 0}, {"<!--b", 0}}}};
  const std::string document = Load(MakePage({"c", {"s"}, "v"}, results));
  EXPECT_THAT(document, HasSubstr("data-charts=\"4\""));
  EXPECT_THAT(document, Not(HasSubstr("data-error")));
}

TEST_F(PageInBrowser, RecordsAnErrorOfItsScripts) {
  std::string page =
      MakePage({"c", {"s"}, "v"},
               std::vector<PolicyResult>{{"els", TwoSeconds(0), {{"a", 1}}}});
  const std::string marker = "\"use strict\";";
  page.replace(page.rfind(marker), marker.size(), "nothing.at.all();");
  EXPECT_THAT(Load(page), HasSubstr("data-error=\""));
}

}  // namespace
}  // namespace demo
