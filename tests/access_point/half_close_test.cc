// Users who end their side of the connection before they have the answer.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kNoContent[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

TEST(HalfClose, UserWhoHasNoMoreToSendGetsTheAnswer) {
  Channel<bool> waiting, go_on;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    waiting.Put(true);
    go_on.Take();
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  for (const char* request : {kGet, kPost}) {
    Wire user = Wire::To(proxy.port());
    user.Send(request);
    waiting.Take();
    user.EndSending();
    go_on.Put(true);
    EXPECT_EQ(user.Read().body, "ok");
    EXPECT_EQ(user.ReadToFin(), "");
  }
}

TEST(HalfClose, AllRequestsSentBeforeAreAnswered) {
  ScriptedBackend backend(Always(kNoContent));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(absl::StrCat(kGet, kPost, kGet));
  user.EndSending();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(user.Read().Start(), "HTTP/1.1 200 OK");
  }
  EXPECT_EQ(user.ReadToFin(), "");
}

TEST(HalfClose, LongResponseArrivesWhole) {
  const std::string sent = Noise(3'000'000);
  ScriptedBackend backend(Always(absl::StrCat(
      "HTTP/1.1 200 OK\r\nContent-Length: ", sent.size(), "\r\n\r\n", sent)));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  user.EndSending();
  EXPECT_TRUE(user.Read().body == sent);
}

TEST(HalfClose, RequestThatIsNotWholeIsNotServed) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadHead();
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  user.EndSending();
  ended.Take();
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).cancelled, 1u);
}

TEST(HalfClose, UserWhoLeavesASilentStreamIsGoneSoonAndCutsNothing) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  user.ReadHead();
  EXPECT_EQ(user.ReadLine(), "1");
  EXPECT_EQ(user.ReadLine(), "x");
  user.Close();
  ended.Take();  // Long before the backend's patience ends.
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).cut, 0u);
}

}  // namespace
}  // namespace access_point
