// Users who stop in the middle.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/access_point/support.h"

namespace access_point {
namespace {

Options Impatient() {
  Options options = RunningProxy::Patient();
  options.user_timeout = std::chrono::milliseconds(20);
  options.tunnel_timeout = std::chrono::milliseconds(20);
  return options;
}

constexpr char kRequestTimeout[] = "HTTP/1.1 408 Request Timeout";

TEST(SlowUser, InTheMiddleOfAHeadGetsA408) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()}, Impatient());
  Wire user = Wire::To(proxy.port());
  user.Send("GET / HTTP/1.1\r\nHost:");
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), kRequestTimeout);
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
  EXPECT_EQ(backend.connections(), 0u);
}

TEST(SlowUser, BetweenRequestsIsLeftWithoutAWord) {
  ScriptedBackend backend(Always(kOk));
  Options options = RunningProxy::Patient();
  options.idle_timeout = std::chrono::milliseconds(20);
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  EXPECT_EQ(user.ReadToFin(), "");
  Wire served = Wire::To(proxy.port());
  served.Send(kGet);
  EXPECT_EQ(served.Read().body, "ok");
  EXPECT_EQ(served.ReadToFin(), "");
}

TEST(SlowUser, HasTheTimeForARequestFromItsFirstByteAndNotTheIdleTime) {
  ScriptedBackend backend(Always(kOk));
  Options options = Impatient();
  options.idle_timeout = RunningProxy::Patient().idle_timeout;
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  std::this_thread::sleep_for(3 * options.user_timeout);
  user.Send("G");
  EXPECT_EQ(user.Read().Start(), kRequestTimeout);
}

TEST(SlowUser, InTheMiddleOfContentGetsA408AndTheBackendNoBlame) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadHead();
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()}, Impatient());
  Wire user = Wire::To(proxy.port());
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_EQ(user.Read().Start(), kRequestTimeout);
  EXPECT_EQ(user.ReadToFin(), "");
  ended.Take();
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).cancelled, 1u);
}

TEST(SlowUser, WhoTakesNothingOfALongResponseIsLeftAndTheBackendNotBlamed) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    try {
      for (;;) wire.Send(std::string(100'000, 'x'));
    } catch (const std::exception&) {
      ended.Put(true);
    }
  });
  RunningProxy proxy({backend.port()}, Impatient());
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  ended.Take();
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).cut, 0u);
}

TEST(SilentTunnel, EndsForBoth) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        "Upgrade: x\r\n\r\n");
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  Options options = Impatient();
  options.user_timeout = RunningProxy::Patient().user_timeout;
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  user.Send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  user.ReadHead();
  std::string rest;
  user.ReadToEnd(rest);
  EXPECT_EQ(rest, "");
  ended.Take();
}

}  // namespace
}  // namespace access_point
