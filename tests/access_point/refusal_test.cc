// Requests that the access point refuses by itself, and how it stops.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

struct Case {
  std::string name;
  std::string request;
  std::string start;

  friend void PrintTo(const Case& shown, std::ostream* out) {
    *out << shown.name;
  }
};

class Refusal : public testing::TestWithParam<Case> {};

TEST_P(Refusal, IsToldAndClosesAndReachesNoBackend) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(GetParam().request);
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), GetParam().start);
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_TRUE(response.Has("Date"));
  EXPECT_EQ(user.ReadToFin(), "");
  EXPECT_EQ(backend.connections(), 0u);
  EXPECT_EQ(proxy.Snapshot(0).picks, 0u);
}

constexpr char kBadRequest[] = "HTTP/1.1 400 Bad Request";
constexpr char kTooLarge[] = "HTTP/1.1 431 Request Header Fields Too Large";

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Of, Refusal,
    testing::Values(
        Case{"NoHttp", "no http at all\r\n\r\n", kBadRequest},
        Case{"NoHost", "GET / HTTP/1.1\r\n\r\n", kBadRequest},
        Case{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
             kBadRequest},
        Case{"LengthAndChunks",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
             "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             kBadRequest},
        Case{"TwoLengths",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
             "Content-Length: 4\r\n\r\nabc",
             kBadRequest},
        Case{"ChunksInHttp10",
             "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\n\r\n",
             kBadRequest},
        Case{"AnotherCoding",
             "POST / HTTP/1.1\r\nHost: a\r\n"
             "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
             "HTTP/1.1 501 Not Implemented"},
        Case{"Tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
             "HTTP/1.1 501 Not Implemented"},
        Case{"HostThatIsNone", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
             kBadRequest},
        Case{"HostThatIsNoneBesideATarget",
             "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", kBadRequest},
        Case{"TargetThatIsNone", "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
             kBadRequest},
        Case{"WholeServerButNotOptions", "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
             kBadRequest},
        Case{"LineFeedHiddenInAField",
             "GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: w\r\n\r\n", kBadRequest},
        Case{"FoldedField", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
             kBadRequest},
        Case{"MalformedChunk",
             "POST / HTTP/1.1\r\nHost: a\r\n"
             "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
             kBadRequest},
        Case{"MalformedTrailer",
             "POST / HTTP/1.1\r\nHost: a\r\n"
             "Transfer-Encoding: chunked\r\n\r\n0\r\nX 1\r\n\r\n",
             kBadRequest},
        Case{"ForwardsThatAreNoNumber",
             "OPTIONS / HTTP/1.1\r\nHost: a\r\n"
             "Max-Forwards: many\r\n\r\n",
             kBadRequest},
        Case{"AnotherProtocol", "\x16\x03\x01\x02", kBadRequest},
        Case{"AnotherVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
             "HTTP/1.1 505 HTTP Version Not Supported"},
        Case{"ManyFields",
             absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\n",
                          Repeated("b:\r\n", 5'000), "\r\n"),
             kTooLarge},
        Case{"ManyOptions",
             absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\n"
                          "Connection: ",
                          Repeated("a,", 10'000), "\r\n\r\n"),
             kTooLarge},
        Case{"LongTarget", absl::StrCat("GET /", std::string(40'000, 'x')),
             "HTTP/1.1 414 URI Too Long"},
        Case{"LongHead",
             absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\nX: ",
                          std::string(40'000, 'x'), "\r\n\r\n"),
             kTooLarge}),
    [](const auto& of) { return of.param.name; });

TEST(Refused, BodyThatStopsMakingSenseIsA400AndCancelsTheAttempt) {
  Channel<bool> begun;
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadHead();
    begun.Put(true);
    wire.ReadToFin();
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n");
  begun.Take();
  user.Send("nonsense\r\n");
  EXPECT_EQ(user.Read().Start(), kBadRequest);
  EXPECT_EQ(proxy.Snapshot(0).cancelled, 1u);
}

TEST(Refused, RequestBehindAMalformedOneIsNotServed) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(absl::StrCat(kGet,
                         "POST / HTTP/1.1\r\nHost: a\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n0x1\r\n",
                         kGet));
  EXPECT_EQ(user.Read().body, "ok");
  EXPECT_EQ(user.Read().Start(), kBadRequest);
  EXPECT_EQ(user.ReadToFin(), "");
  EXPECT_EQ(proxy.Snapshot(0).picks, 1u);
}

TEST(Refused, RequestThatWasToComeNoFurtherIsAnsweredHere) {
  ScriptedBackend backend(Always(kOk));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  const auto ask = [&](const char* method, const char* left) {
    user.Send(absl::StrCat(
        method, " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: ", left, "\r\n\r\n"));
    return user.Read();
  };
  EXPECT_EQ(ask("OPTIONS", "0").body, "");
  EXPECT_EQ(ask("TRACE", "0").Start(), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(proxy.Snapshot(0).picks, 0u);
  EXPECT_EQ(ask("TRACE", "1").body, "ok");
  EXPECT_EQ(ask("OPTIONS", "10").body, "ok");
  EXPECT_EQ(ask("GET", "0").body, "ok");
}

TEST(Refused, OwnResponseToHeadHasNoBody) {
  DeadPort dead;
  RunningProxy proxy({dead.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(user.ReadBodiless().Start(), "HTTP/1.1 502 Bad Gateway");
  EXPECT_EQ(user.ReadToFin(), "");
}

TEST(Stop, RequestInFlightIsServedAndIdleConnectionClosed) {
  Channel<bool> waiting, go_on;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    waiting.Put(true);
    go_on.Take();
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()});
  Wire idle = Wire::To(proxy.port());
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  waiting.Take();
  std::jthread stopping([&] { proxy.Stop(); });
  EXPECT_EQ(idle.ReadToFin(), "");  // It has begun to stop.
  EXPECT_THROW(Wire::To(proxy.port()), std::exception);
  go_on.Put(true);
  const Message response = user.Read();
  EXPECT_EQ(response.body, "ok");
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
  user.Close();  // Or the access point would linger.
}

}  // namespace
}  // namespace access_point
