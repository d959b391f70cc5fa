#pragma once

// Pages in a real browser. ELS_CHROMIUM is its path.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace els_sim {

namespace fs = std::filesystem;

class PageInBrowser : public testing::Test {
 protected:
  PageInBrowser()
      : folder_(fs::path(testing::TempDir()) /
                ("page_in_browser_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~PageInBrowser() override { fs::remove_all(folder_); }

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

  static void ExpectCharts(int count, const std::string& document) {
    const std::string head = document.substr(0, document.find("<body"));
    EXPECT_NE(head.find("data-charts=\"" + std::to_string(count) + "\""),
              std::string::npos)
        << head;
    EXPECT_EQ(head.find("data-error"), std::string::npos) << head;
  }

  const fs::path folder_;
};

}  // namespace els_sim
