#include "tests/access_point/websocket.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/temporary_folder.h"

namespace access_point {

WebSocketServer::WebSocketServer()
    : program_({ELS_PYTHON, "-B", ELS_WEBSOCKET_SERVER}) {
  std::uint32_t port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(program_.ReadLine(), &port))
      << "python3-websockets is missing";
  port_ = static_cast<std::uint16_t>(port);
}

void WebSocketServer::ExpectTalkThrough(std::uint16_t proxy) {
  const TemporaryFolder profile;
  Child browser({ELS_CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
                 "--disable-quic", "--no-first-run",
                 "--disable-background-networking",
                 "--disable-component-update", "--disable-sync",
                 "--remote-debugging-port=0",
                 absl::StrCat("--user-data-dir=", profile.File("profile")),
                 absl::StrCat("http://127.0.0.1:", proxy, "/")});
  EXPECT_EQ(program_.ReadLine(), "'you said hello'");
  EXPECT_EQ(program_.ReadLine(), "'you said it is \\u2603 here'");
  EXPECT_EQ(program_.ReadLine(), "'you said '");
  EXPECT_EQ(program_.ReadLine(), "bytes came back");
  EXPECT_EQ(program_.ReadLine(), "closed: 4321 thank you");
  EXPECT_EQ(program_.ReadLine(), "/end?clean=true&code=4321");
  // Not killed, so that it has left its profile when that is removed.
  browser.Signal(SIGTERM);
  browser.Wait();
}

}  // namespace access_point
