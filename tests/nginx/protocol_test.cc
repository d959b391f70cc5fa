// Upstreams of WebSocket and gRPC.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/chaos.h"
#include "tests/access_point/websocket.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using access_point::DeadPort;
using access_point::Eventually;
using access_point::ScriptedBackend;
using access_point::Wire;

// It echoes a line, and then ends the connection as a server may.
TEST(NginxProtocol, AWebSocketIsAnsweredWhenItOpensAndCountedUntilItCloses) {
  const ScriptedBackend backend([](Wire& wire) {
    wire.ReadHead();
    wire.Send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\n\r\n");
    wire.Send(wire.ReadLine() + "\r\n");
    wire.ReadLine();
  });
  for (const char* els : {"els;", "els latency=body;"}) {
    Nginx nginx({.upstream = Servers({backend.port()}, "") + els,
                 .location = "proxy_set_header Upgrade $http_upgrade;",
                 .connection = "upgrade"});
    Wire user = Wire::To(nginx.port());
    user.Send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n"
        "Upgrade: websocket\r\n\r\n");
    EXPECT_EQ(user.ReadBodiless().Start(), "HTTP/1.1 101 Switching Protocols");
    user.Send("hello\r\n");
    EXPECT_EQ(user.ReadLine(), "hello");
    EXPECT_EQ(nginx.Count(0, "outstanding"), 1);
    EXPECT_EQ(nginx.Count(0, "answered"), 1);
    EXPECT_EQ(nginx.Count(0, "successes"), 1);
    user.Send("bye\r\n");
    EXPECT_TRUE(Eventually([&] { return nginx.Count(0, "outstanding") == 0; }));
    EXPECT_EQ(nginx.Count(0, "successes"), 1);
    EXPECT_EQ(nginx.Count(0, "cut"), 0);
  }
}

// The page and its last request are no WebSocket, and pass as well.
TEST(NginxProtocol, ABrowserAndAServerOfWebSocketTalk) {
  access_point::WebSocketServer server;
  const Nginx nginx(
      {.upstream = Servers({server.port()}, "") + "els;",
       .location = "proxy_set_header Upgrade $http_upgrade;"
                   "proxy_set_header Host $http_host;",
       .http = "map $http_upgrade $kind { default upgrade; '' ''; }",
       .connection = "$kind"});
  server.ExpectTalkThrough(nginx.port());
  EXPECT_EQ(nginx.Count(0, "failures"), 0);
  EXPECT_EQ(nginx.Count(0, "cut"), 0);
}

// A server of gRPC that answers every call with this status; nginx itself.
std::string GrpcServer(std::uint16_t port, int status) {
  return absl::StrCat("server { listen 127.0.0.1:", port,
                      " http2 reuseport; access_log off; location / { "
                      "default_type application/grpc; add_trailer grpc-status ",
                      status, "; return 200 'message'; } }\n");
}

TEST(NginxProtocol, AGrpcServerThatIsUnavailableAtOnceGetsNextToNothing) {
  const DeadPort good;
  const DeadPort bad;
  Nginx nginx(
      {.upstream = Servers({good.port(), bad.port()}) + "els; keepalive 8;",
       .http = GrpcServer(good.port(), 0) + GrpcServer(bad.port(), 14),
       .pass = "grpc_pass grpc://api;"});
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(nginx.Get(), "HTTP/1.1 200 OK");
  }
  EXPECT_EQ(nginx.Count(0, "cut"), 0);
  EXPECT_EQ(nginx.Count(0, "failures"), 0);
  EXPECT_GT(nginx.Count(1, "cut"), 0);
  EXPECT_EQ(nginx.Count(1, "cut"), nginx.Count(1, "picks"));
  EXPECT_LT(nginx.Count(1, "picks"), 20);
  EXPECT_EQ(nginx.Quit(), 0);
  EXPECT_EQ(nginx.Complaints(), "");
}

}  // namespace
}  // namespace nginx_module
