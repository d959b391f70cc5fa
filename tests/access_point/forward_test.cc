// Requests and responses that go well.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr std::size_t kTenMegabytes = 10'000'000;
constexpr std::size_t kTwoMegabytes = 2'000'000;

TEST(Forward, ResponseReachesTheUserWithStatusFieldsAndBody) {
  ScriptedBackend backend(Always(
      "HTTP/1.1 201 Made\r\nX-Kept: yes\r\nContent-Length: 5\r\n\r\nhello"));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), "HTTP/1.1 201 Made");
  EXPECT_EQ(response.Field("X-Kept"), "yes");
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
}

TEST(Forward, RequestsOfManyUsersReuseOneConnectionToTheBackend) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  for (int i = 0; i < 5; ++i) {
    Wire user = Wire::To(proxy.port());
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
    user.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(user.Read().body, "ok");
    // The access point is through with a request once it has closed.
    EXPECT_EQ(user.ReadToFin(), "");
  }
  EXPECT_EQ(backend.connections(), 1u);
}

TEST(Forward, BackendThatAsksToCloseIsConnectedToAnew) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 3; ++i) {
    user.Send(kGet);
    const Message response = user.Read();
    EXPECT_EQ(response.body, "ok");
    EXPECT_FALSE(response.Has("Connection"));
  }
  EXPECT_EQ(backend.connections(), 3u);
}

TEST(Forward, FieldsOfTheUsersConnectionDoNotReachTheBackend) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "GET /path?q=1 HTTP/1.1\r\nHost: a.example\r\nX-End: kept\r\n"
      "Connection: X-Mine, host\r\nConnection: x-other\r\nX-Mine: 1\r\n"
      "X-Other: 2\r\nKeep-Alive: 5\r\nProxy-Authorization: s\r\nTE: gzip\r\n"
      "Trailer: X\r\nUpgrade: h2c\r\nX-Forwarded-For: 10.1.1.1\r\n\r\n");
  user.Read();
  const Message request = requests.Take();
  EXPECT_EQ(request.Start(), "GET /path?q=1 HTTP/1.1");
  EXPECT_EQ(request.Field("Host"), "a.example");
  EXPECT_EQ(request.Field("X-End"), "kept");
  EXPECT_EQ(request.Field("X-Forwarded-For"), "10.1.1.1, 127.0.0.1");
  EXPECT_EQ(request.Field("Via"), "1.1 els-access-point");
  for (const char* name : {"Connection", "X-Mine", "X-Other", "Keep-Alive",
                           "Proxy-Authorization", "TE", "Trailer", "Upgrade"}) {
    EXPECT_FALSE(request.Has(name)) << name;
  }
}

TEST(Forward, FieldsOfTheBackendsConnectionDoNotReachTheUser) {
  ScriptedBackend backend(Always(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Mine\r\n"
      "X-Mine: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\n"
      "Upgrade: h2c\r\nVia: 1.1 inner\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
      "\r\nok"));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  const Message response = user.Read();
  EXPECT_TRUE(
      absl::StrContains(response.head, "Set-Cookie: a\r\nSet-Cookie: b\r\n"));
  const std::size_t inner = response.head.find("Via: 1.1 inner\r\n");
  EXPECT_LT(inner, response.head.find("Via: 1.1 els-access-point\r\n"));
  for (const char* name : {"Connection", "X-Mine", "Keep-Alive",
                           "Proxy-Authenticate", "Upgrade"}) {
    EXPECT_FALSE(response.Has(name)) << name;
  }
}

TEST(Forward, HeadIsAnsweredWithTheLengthAndNoBody) {
  ScriptedBackend backend([](Wire& wire) {
    for (;;) {
      const Message request = wire.Read();
      const bool is_head = request.Start() == "HEAD / HTTP/1.1";
      wire.Send(is_head ? "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"
                        : kOk);
    }
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(user.ReadBodiless().Field("Content-Length"), "12345");
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), "HTTP/1.1 200 OK");
  EXPECT_EQ(backend.connections(), 1u);
}

TEST(Forward, StatusesWithoutABodyLeaveTheConnectionInStep) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 204 No Content\r\n\r\n");
    wire.Read();
    wire.Send("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
    wire.Read();
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.ReadBodiless().Start(), "HTTP/1.1 204 No Content");
  user.Send(kGet);
  EXPECT_EQ(user.ReadBodiless().Start(), "HTTP/1.1 304 Not Modified");
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "ok");
}

TEST(Forward, ResponseOfTenMegabytesArrivesUnchanged) {
  const std::string sent = Noise(kTenMegabytes);
  ScriptedBackend backend(Always(absl::StrCat(
      "HTTP/1.1 200 OK\r\nContent-Length: ", sent.size(), "\r\n\r\n", sent)));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_TRUE(user.Read().body == sent);
}

TEST(Forward, PostOfTwoMegabytesArrivesUnchanged) {
  const std::string sent = Noise(kTwoMegabytes);
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(absl::StrCat("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ",
                         sent.size(), "\r\n\r\n", sent));
  EXPECT_EQ(user.Read().body, "ok");
  const Message request = requests.Take();
  EXPECT_EQ(request.Field("Content-Length"), std::to_string(sent.size()));
  EXPECT_TRUE(request.body == sent);
}

TEST(Forward, ChunkedRequestArrivesChunkedAndUnchanged) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n7\r\n, world\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(user.Read().body, "ok");
  const Message request = requests.Take();
  EXPECT_EQ(request.Field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(request.body, "hello, world");
  EXPECT_EQ(request.trailers, "X-Trailer: 1\r\n");
}

TEST(Forward, EachChunkReachesTheUserBeforeTheNextIsSent) {
  Channel<bool> go_on;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    go_on.Take();
    wire.Send("3\r\none\r\n");
    go_on.Take();
    wire.Send("3\r\ntwo\r\n0\r\n\r\n");
    wire.Read();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.ReadBodiless().Field("Transfer-Encoding"), "chunked");
  go_on.Put(true);
  EXPECT_EQ(user.ReadBytes(8), "3\r\none\r\n");
  go_on.Put(true);
  EXPECT_EQ(user.ReadBytes(13), "3\r\ntwo\r\n0\r\n\r\n");
}

TEST(Forward, ResponseThatEndsWithItsConnectionBecomesChunked) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 2; ++i) {  // The user's own connection goes on.
    user.Send(kGet);
    const Message response = user.Read();
    EXPECT_EQ(response.Field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(response.body, "until the end");
  }
}

TEST(Forward, UserOfHttp10GetsNoChunksAndTheEndOfTheConnection) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(
        "HTTP/1.1 103 Early Hints\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Message response = user.ReadBodiless();
  EXPECT_EQ(response.Start(), "HTTP/1.1 200 OK");
  EXPECT_FALSE(response.Has("Transfer-Encoding"));
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "onetwo");
  EXPECT_EQ(requests.Take().Field("Host"),
            absl::StrCat("127.0.0.1:", proxy.port()));
}

TEST(Forward, UserOfHttp10MayKeepTheConnection) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 2; ++i) {
    user.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(user.Read().Field("Connection"), "keep-alive");
  }
  user.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(user.Read().Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
}

TEST(Forward, BodyIsAskedForByTheBackendsContinue) {
  Channel<bool> seen;
  ScriptedBackend backend([&](Wire& wire) {
    const Message head = wire.ReadBodiless();
    seen.Put(head.Field("Expect") == "100-continue");
    wire.Send("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(wire.ReadBytes(4), "body");
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 4\r\n\r\n");
  EXPECT_EQ(user.ReadBodiless().Start(), "HTTP/1.1 100 Continue");
  EXPECT_TRUE(seen.Take());
  user.Send("body");
  EXPECT_EQ(user.Read().body, "ok");
}

TEST(Forward, RefusalInsteadOfContinueEndsTheRequestWithoutItsBody) {
  ScriptedBackend backend([](Wire& wire) {
    wire.ReadBodiless();
    wire.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    wire.Read();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 4\r\n\r\n");
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), "HTTP/1.1 413 Too Large");
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
}

TEST(Forward, ResponseMayBeginAndGoOnWhileTheRequestIsSent) {
  ScriptedBackend backend([](Wire& wire) {  // Echoes.
    wire.ReadBodiless();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    wire.Send(wire.ReadBytes(3));
    wire.Send(wire.ReadBytes(3));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
  user.ReadBodiless();
  user.Send("one");
  EXPECT_EQ(user.ReadBytes(3), "one");
  user.Send("two");
  EXPECT_EQ(user.ReadBytes(3), "two");
}

TEST(Forward, PipelinedRequestsAreAnsweredInTheirOrder) {
  ScriptedBackend backend([](Wire& wire) {
    for (;;) {
      const std::string body = wire.Read().Start();
      wire.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(),
                             "\r\n\r\n", body));
    }
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(user.Read().body, "GET /1 HTTP/1.1");
  EXPECT_EQ(user.Read().body, "POST /2 HTTP/1.1");
  EXPECT_EQ(user.Read().body, "GET /3 HTTP/1.1");
}

TEST(Forward, UserWhoAsksToCloseIsObeyed) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(user.Read().Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
}

TEST(Forward, ThreadsShareOneBalancerAndLoseNoRequest) {
  ScriptedBackend first(Always(kOk));
  ScriptedBackend second(Always(kOk));
  Options options = RunningProxy::Patient();
  options.threads = 3;
  RunningProxy proxy({first.port(), second.port()}, options);
  constexpr unsigned kUsers = 6;
  constexpr unsigned kRequests = 50;
  {
    std::vector<std::jthread> users;
    for (unsigned i = 0; i < kUsers; ++i) {
      users.emplace_back([&] {
        Wire user = Wire::To(proxy.port());
        for (unsigned j = 0; j < kRequests; ++j) {
          user.Send(kGet);
          EXPECT_EQ(user.Read().body, "ok");
        }
      });
    }
  }
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).successes + proxy.Snapshot(1).successes,
            kUsers * kRequests);
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
  EXPECT_EQ(proxy.Snapshot(1).outstanding, 0);
}

}  // namespace
}  // namespace access_point
