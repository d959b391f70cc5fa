// Users and backends that switch to another protocol, such as WebSocket.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kSwitch[] =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n";
constexpr char kSwitched[] =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n";

// Switches, and then sends back what it gets, in capitals.
void Shout(Wire& wire) {
  EXPECT_EQ(wire.Read().Field("Upgrade"), "websocket");
  wire.Send(absl::StrCat(kSwitched, "HELLO"));
  for (;;) {
    std::string bytes = wire.ReadBytes(3);
    for (char& c : bytes) c = static_cast<char>(c - 'a' + 'A');
    wire.Send(bytes);
  }
}

TEST(Upgrade, BytesGoBothWaysOnceTheBackendHasSwitched) {
  ScriptedBackend backend(Shout);
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kSwitch);
  const Message response = user.ReadBodiless();
  EXPECT_EQ(response.Start(), "HTTP/1.1 101 Switching Protocols");
  EXPECT_EQ(response.Field("Connection"), "Upgrade");
  EXPECT_EQ(response.Field("Upgrade"), "websocket");
  EXPECT_EQ(response.Field("Sec-WebSocket-Accept"), "a");
  EXPECT_EQ(user.ReadBytes(5), "HELLO");
  for (const auto& [sent, got] : {std::pair("abc", "ABC"), {"xyz", "XYZ"}}) {
    user.Send(sent);
    EXPECT_EQ(user.ReadBytes(3), got);
  }
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 1);
  user.Close();
}

TEST(Upgrade, EndOfEachSideReachesTheOther) {
  Channel<std::string> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(kSwitched);
    ended.Put(wire.ReadToFin());
    wire.Send("bye");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kSwitch);
  user.ReadHead();
  user.Send("last words");
  user.EndSending();
  EXPECT_EQ(ended.Take(), "last words");
  EXPECT_EQ(user.ReadToFin(), "bye");
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).cut, 0u);
}

TEST(Upgrade, MegabytesArriveUnchangedBothWays) {
  const std::string sent = Noise(3'000'000);
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(kSwitched);
    const std::string bytes = wire.ReadBytes(sent.size());
    wire.Send(bytes);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kSwitch);
  user.ReadHead();
  user.Send(sent);
  EXPECT_TRUE(user.ReadBytes(sent.size()) == sent);
}

TEST(Upgrade, BackendMayDeclineAndTheConnectionGoesOn) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (const char* request : {kSwitch, kGet, kSwitch}) {
    user.Send(request);
    EXPECT_EQ(user.Read().body, "ok");
  }
  EXPECT_EQ(backend.connections(), 1u);
}

TEST(Upgrade, StoppingEndsATunnel) {
  ScriptedBackend backend(Shout);
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kSwitch);
  user.ReadHead();
  EXPECT_EQ(user.ReadBytes(5), "HELLO");
  proxy.Stop();
  std::string rest;
  user.ReadToEnd(rest);
  EXPECT_EQ(rest, "");
}

TEST(Upgrade, IsNotOfferedToTheBackendWhereItCouldBeMisunderstood) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    for (;;) {
      requests.Put(wire.Read());
      wire.Send(kOk);
    }
  });
  RunningProxy proxy({backend.port()});
  for (const char* request :
       {// Requests in HTTP/2 would not be seen.
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        "Upgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket, H2C\r\n\r\n",
        // The content might be taken for the other protocol.
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nContent-Length: 2\r\n\r\nhi",
        // Not meant for this connection, or not of this version.
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: Upgrade, keep-alive\r\n"
        "Upgrade: websocket\r\n\r\n"}) {
    Wire user = Wire::To(proxy.port());
    user.Send(request);
    EXPECT_EQ(user.Read().body, "ok");
    const Message seen = requests.Take();
    EXPECT_FALSE(seen.Has("Upgrade")) << request;
    EXPECT_FALSE(seen.Has("Connection")) << request;
    EXPECT_FALSE(seen.Has("HTTP2-Settings")) << request;
  }
}

}  // namespace
}  // namespace access_point
