// Connections to backends that were closed while they waited for a request.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tests/access_point/support.h"

namespace access_point {
namespace {

// Answers one request per connection, and ends the connection only when the
// next request comes, as if both had been under way at once.
ScriptedBackend::Script ClosesUnderTheSecondRequest(std::atomic<int>& served) {
  return [&served](Wire& wire) {
    wire.Read();
    ++served;
    wire.Send(kOk);
    wire.Read();
    wire.Reset();
  };
}

TEST(Stale, GetIsSentAgainToTheSameBackendWhichIsNotBlamed) {
  std::atomic<int> served = 0;
  ScriptedBackend backend(ClosesUnderTheSecondRequest(served));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 2; ++i) {
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }
  EXPECT_EQ(backend.connections(), 2u);
  EXPECT_EQ(proxy.Snapshot(0).picks, 2u);
  EXPECT_EQ(proxy.Snapshot(0).successes, 2u);
  EXPECT_EQ(proxy.Snapshot(0).failures, 0u);
}

TEST(Stale, PostIsNotSentAgainAndTeachesNothing) {
  std::atomic<int> served = 0;
  ScriptedBackend backend(ClosesUnderTheSecondRequest(served));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "ok");
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(user.Read().Start(), "HTTP/1.1 502 Bad Gateway");
  EXPECT_EQ(served, 1);
  EXPECT_EQ(proxy.Snapshot(0).failures, 0u);
  EXPECT_EQ(proxy.Snapshot(0).dropped, 1u);
}

TEST(Stale, ConnectionClosedBeforeTheRequestIsNotUsed) {
  Channel<bool> close, closed;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(kOk);
    close.Take();
    wire.Close();
    closed.Put(true);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "ok");
  close.Put(true);
  closed.Take();
  close.Put(true);  // For the connection to come.
  // A POST could not be repeated: it succeeds only on a connection made anew.
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(user.Read().body, "ok");
}

TEST(Stale, IdleConnectionsThatBackendsCloseAreClosedHereAtOnce) {
  constexpr int kConnections = 8;
  Channel<bool> arrived, answer, close, closed;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    arrived.Put(true);
    answer.Take();
    wire.Send(kOk);
    close.Take();
    wire.EndSending();
    closed.Put(wire.ReadToFin().empty());
  });
  RunningProxy proxy({backend.port()});
  std::vector<std::unique_ptr<Wire>> users;
  for (int i = 0; i < kConnections; ++i) {
    users.push_back(Wire::New(proxy.port()));
    users.back()->Send(kGet);
    arrived.Take();
  }
  for (int i = 0; i < kConnections; ++i) answer.Put(true);
  for (const auto& user : users) EXPECT_EQ(user->Read().body, "ok");
  for (int i = 0; i < kConnections; ++i) close.Put(true);
  // No request comes that could make it look.
  for (int i = 0; i < kConnections; ++i) EXPECT_TRUE(closed.Take());
}

TEST(Stale, ConnectionOnWhichMoreCameThanTheResponseIsNotUsedAgain) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send(std::string(kOk) +
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    wire.Read();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 3; ++i) {
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }
  EXPECT_EQ(backend.connections(), 3u);
}

}  // namespace
}  // namespace access_point
