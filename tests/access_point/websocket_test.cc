// WebSocket with a browser and a server that others wrote.

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace access_point {
namespace {

TEST(WebSocket, BrowserAndServerTalkAndPartInGoodOrder) {
  Child server({ELS_PYTHON, "-B", ELS_WEBSOCKET_SERVER});
  const std::string port = server.ReadLine();
  ASSERT_NE(port, "") << "python3-websockets is missing";
  RunningProxy proxy({static_cast<std::uint16_t>(std::stoul(port))});
  const TemporaryFolder profile;
  Child browser({ELS_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
                 "--disable-quic", "--no-first-run",
                 "--disable-background-networking",
                 "--disable-component-update", "--disable-sync",
                 "--remote-debugging-port=0",
                 absl::StrCat("--user-data-dir=", profile.File("profile")),
                 absl::StrCat("http://127.0.0.1:", proxy.port(), "/")});
  EXPECT_EQ(server.ReadLine(), "'you said hello'");
  EXPECT_EQ(server.ReadLine(), "'you said it is \\u2603 here'");
  EXPECT_EQ(server.ReadLine(), "'you said '");
  EXPECT_EQ(server.ReadLine(), "bytes came back");
  EXPECT_EQ(server.ReadLine(), "closed: 4321 thank you");
  EXPECT_EQ(server.ReadLine(), "/end?clean=true&code=4321");
  // Not killed, so that it has left its profile when that is removed.
  browser.Signal(SIGTERM);
  browser.Wait();
  EXPECT_EQ(proxy.Snapshot(0).failures, 0u);
}

}  // namespace
}  // namespace access_point
