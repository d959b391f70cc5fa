// Backends that fail in the middle of a response.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

// Ends by the user's connection alone, if at all.
constexpr char kOldGet[] = "GET / HTTP/1.0\r\n\r\n";
constexpr char kOldPost[] = "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx";

TEST(Cut, TruncatedResponseEndsInAResetWhateverMarksItsEnd) {
  struct Truncated {
    const char* request;
    const char* framing;
  };
  for (const Truncated& each : {Truncated{kPost, "Content-Length: 100000\r\n"},
                                {kOldPost, "Content-Length: 100000\r\n"},
                                {kGet, "Transfer-Encoding: chunked\r\n"},
                                {kOldGet, "Transfer-Encoding: chunked\r\n"}}) {
    ScriptedBackend backend([&](Wire& wire) {
      wire.Read();
      wire.Send(absl::StrCat("HTTP/1.1 200 OK\r\n", each.framing,
                             "\r\n5\r\nhello\r\n"));
    });
    RunningProxy proxy({backend.port()});
    Wire user = Wire::To(proxy.port());
    user.Send(each.request);
    std::string all;
    EXPECT_FALSE(user.ReadToEnd(all)) << each.framing << each.request << all;
    proxy.Stop();
    EXPECT_EQ(proxy.Snapshot(0).successes, 1u) << "by the head";
    EXPECT_EQ(proxy.Snapshot(0).cut, 1u);
    EXPECT_LT(proxy.Snapshot(0).success_rate, 1);
    EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
  }
}

constexpr char kHalf[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no";

TEST(Cut, ShortResponseThatIsCutIsMadeGoodByAnotherBackend) {
  std::atomic<int> requests = 0;
  const auto first_cut = [&](Wire& wire) {
    wire.Read();
    wire.Send(requests++ == 0 ? kHalf : kOk);
  };
  ScriptedBackend one(first_cut), other(first_cut);
  RunningProxy proxy({one.port(), other.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), "HTTP/1.1 200 OK");
  EXPECT_EQ(response.body, "ok");
  EXPECT_EQ(one.connections() + other.connections(), 2u);
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).failures + proxy.Snapshot(1).failures, 1u);
}

TEST(Cut, ShortResponseThatCannotBeMadeGoodIsAFailureAndNeverSeemsWhole) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send(kHalf);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kPost);
  user.EndSending();
  std::string all;
  const bool fin = user.ReadToEnd(all);
  // A 502 if the end came together with the half, or else a reset.
  EXPECT_EQ(fin, absl::StartsWith(all, "HTTP/1.1 502 ")) << all;
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
  EXPECT_EQ(proxy.Snapshot(0).successes, 0u);
}

TEST(Cut, ShortResponseThatHangsIsATimeoutThoughItBeganInTime) {
  Channel<bool> go_on;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(kHalf);
    go_on.Take();
    wire.Send("k");
    wire.Read();
  });
  Options options = RunningProxy::Patient();
  options.timeout = std::chrono::seconds(1);
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  user.ReadHead();
  EXPECT_EQ(user.ReadBytes(1), "o");
  while (proxy.Snapshot(0).timeouts == 0) std::this_thread::yield();
  // It is only the balancer that gives it up.
  go_on.Put(true);
  EXPECT_EQ(user.ReadBytes(1), "k");
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).timeouts, 1u);
  EXPECT_EQ(proxy.Snapshot(0).successes, 0u);
}

TEST(Cut, ShortResponseThatIsCutIsA502WhereNothingMakesItGood) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send(kHalf);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 2; ++i) {  // The user's connection stays good.
    user.Send(kGet);
    EXPECT_EQ(user.Read().Start(), "HTTP/1.1 502 Bad Gateway");
  }
}

TEST(Cut, ShortResponseIsNotHeldBackForLong) {
  Channel<bool> go_on;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send(kHalf);
    go_on.Take();
    wire.Send("k");
    wire.Read();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  user.ReadHead();
  EXPECT_EQ(user.ReadBytes(1), "o");
  go_on.Put(true);
  EXPECT_EQ(user.ReadBytes(1), "k");
}

TEST(Cut, BackendThatAlwaysCutsGetsFewRequestsAndUsersNoErrors) {
  ScriptedBackend good(Always(kOk));
  std::atomic<int> cuts = 0;
  ScriptedBackend bad([&](Wire& wire) {
    wire.Read();
    wire.Send(kHalf);
    ++cuts;
  });
  RunningProxy proxy({good.port(), bad.port()});
  Wire user = Wire::To(proxy.port());
  constexpr int kRequests = 400;
  for (int i = 0; i < kRequests; ++i) {
    user.Send(kGet);
    ASSERT_EQ(user.Read().body, "ok");
  }
  // Half of them if nothing were learnt; nearly all if the head were taken for
  // a success, since it comes at once.
  EXPECT_LT(cuts, kRequests / 4);
}

}  // namespace
}  // namespace access_point
