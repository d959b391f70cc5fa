// What the access point changes of a message, and what it lets through.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

// What reaches the backend of a request, sent as it is.
Message Forwarded(const std::string& request) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(request);
  EXPECT_EQ(user.Read().body, "ok") << request;
  return requests.Take();
}

TEST(Changed, HostIsThatOfAnAbsoluteTarget) {
  for (const char* host : {"b.example", "a.example:80", ""}) {
    const Message request = Forwarded(absl::StrCat(
        "GET http://a.example:80/c?d HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    EXPECT_EQ(request.Start(), "GET /c?d HTTP/1.1");
    EXPECT_EQ(request.Field("Host"), "a.example:80");
  }
  const Message old = Forwarded("GET http://a.example HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Start(), "GET / HTTP/1.1");
  EXPECT_EQ(old.Field("Host"), "a.example");
}

TEST(Changed, ForwardsLeftAreCountedDownForOptionsAndTraceAlone) {
  for (const char* method : {"OPTIONS", "TRACE"}) {
    EXPECT_EQ(Forwarded(absl::StrCat(method,
                                     " / HTTP/1.1\r\nHost: a\r\n"
                                     "Max-Forwards: 3\r\n\r\n"))
                  .Field("Max-Forwards"),
              "2");
  }
  EXPECT_EQ(Forwarded("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\n\r\n")
                .Field("Max-Forwards"),
            "3");
}

TEST(Changed, EmptyLineBeforeARequestIsSkipped) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 3; ++i) {
    user.Send("\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(user.Read().body, "ok");
  }
}

TEST(Changed, LineFeedsAloneBecomeLineEnds) {
  ScriptedBackend backend([](Wire& wire) {
    EXPECT_EQ(wire.Read().Field("X"), "y");
    wire.Send("HTTP/1.1 200\nContent-Length: 2\nZ: w\n\nok");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("GET / HTTP/1.1\nHost: a\nX: y\n\n");
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), "HTTP/1.1 200 ");
  EXPECT_EQ(response.Field("Z"), "w");
  EXPECT_EQ(response.body, "ok");
}

TEST(Changed, DateIsAddedWhereTheBackendGivesNone) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 103 Early Hints\r\n\r\n");
    wire.Send(kOk);
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: then\r\n\r\n");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_FALSE(user.ReadBodiless().Has("Date"));
  const std::string date = user.Read().Field("Date");
  EXPECT_EQ(date.size(), std::string("Sun, 06 Nov 1994 08:49:37 GMT").size());
  EXPECT_TRUE(absl::EndsWith(date, " GMT")) << date;
  user.Send(kGet);
  EXPECT_EQ(user.Read().Field("Date"), "then");
}

TEST(Changed, ManySmallChunksArriveUnchangedBothWays) {
  std::string body, chunks;
  for (const char c : Noise(20'000)) {
    body += c;
    chunks += absl::StrCat("1;x\r\n", std::string(1, c), "\r\n");
  }
  chunks += "0\r\n\r\n";
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    requests.Put(wire.Read());
    wire.Send(absl::StrCat(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks));
    wire.Read();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(absl::StrCat(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
      chunks));
  EXPECT_TRUE(user.Read().body == body);
  EXPECT_TRUE(requests.Take().body == body);
}

TEST(Changed, LargeAndSmallRequestsTakeTurnsOnOneConnection) {
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    for (;;) {
      requests.Put(wire.Read());
      wire.Send(kOk);
    }
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (const std::size_t size : {100'000u, 0u, 3'000u, 50'000u, 1u, 40'000u}) {
    const std::string sent = Noise(size);
    user.Send(absl::StrCat("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ",
                           size, "\r\n\r\n", sent));
    EXPECT_EQ(user.Read().body, "ok");
    EXPECT_TRUE(requests.Take().body == sent) << size;
  }
}

TEST(Changed, NothingByArrivingByteByByte) {
  const auto drip = [](Wire& wire, std::string_view bytes) {
    for (const char& byte : bytes) wire.Send({&byte, 1});
  };
  constexpr char kChunks[] = "3;x\r\nabc\r\n002\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n";
  Channel<Message> requests;
  ScriptedBackend backend([&](Wire& wire) {
    for (;;) {
      requests.Put(wire.Read());
      drip(wire, "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n");
      drip(wire,
           absl::StrCat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                        "C: d\r\n\r\n",
                        kChunks));
    }
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 3; ++i) {
    drip(user, absl::StrCat("POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n",
                            kChunks));
    EXPECT_EQ(user.ReadBodiless().Field("A"), "b");
    const Message response = user.Read();
    EXPECT_EQ(response.Field("C"), "d");
    EXPECT_EQ(response.body, "abcde");
    EXPECT_EQ(response.trailers, "X-Sum: 5\r\n");
    const Message request = requests.Take();
    EXPECT_EQ(request.body, "abcde");
    EXPECT_EQ(request.trailers, "X-Sum: 5\r\n");
  }
  EXPECT_EQ(backend.connections(), 1u);
}

}  // namespace
}  // namespace access_point
