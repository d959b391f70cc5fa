// WebSocket with a browser and a server that others wrote.

#include "tests/access_point/websocket.h"

#include <gtest/gtest.h>

#include "tests/access_point/support.h"

namespace access_point {
namespace {

TEST(WebSocket, BrowserAndServerTalkAndPartInGoodOrder) {
  WebSocketServer server;
  const RunningProxy proxy({server.port()});
  server.ExpectTalkThrough(proxy.port());
  EXPECT_EQ(proxy.Snapshot(0).failures, 0u);
}

}  // namespace
}  // namespace access_point
