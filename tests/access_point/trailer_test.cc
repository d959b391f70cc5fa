// Fields after the content, and what else surrounds chunks.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kChunkedPost[] =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr char kChunkedOk[] =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr char kGetWithTrailers[] =
    "GET / HTTP/1.1\r\nHost: a\r\nTE: deflate, trailers\r\n\r\n";

// Fields that must not reach the other side but where they belong.
constexpr char kHarmful[] =
    "Host: evil\r\nContent-Length: 7\r\nTransfer-Encoding: gzip\r\n"
    "Connection: close\r\nUpgrade: x\r\nTrailer: y\r\nTE: z\r\n"
    "X-Forwarded-For: 1.2.3.4\r\nAuthorization: a\r\nCookie: c\r\n"
    "Set-Cookie: d\r\nMax-Forwards: 0\r\nExpect: 100-continue\r\n"
    "Proxy-Authorization: p\r\nDate: now\r\nIf-Match: e\r\n";

ScriptedBackend::Script Keeps(Channel<Message>& requests) {
  return [&](Wire& wire) {
    for (;;) {
      requests.Put(wire.Read());
      wire.Send(kOk);
    }
  };
}

TEST(Trailers, OfRequestsGoOnAfterTheContentAndNeverIntoTheHead) {
  Channel<Message> requests;
  ScriptedBackend backend(Keeps(requests));
  RunningProxy proxy({backend.port()});
  for (const char* content : {"", "5\r\nhello\r\n"}) {
    Wire user = Wire::To(proxy.port());
    // In one go, so that all may be read at once.
    user.Send(absl::StrCat(kChunkedPost, content, "0\r\n", kHarmful,
                           "X-Sum: 9\r\nX-Admin: yes\r\n\r\n"));
    EXPECT_EQ(user.Read().body, "ok");
    const Message request = requests.Take();
    EXPECT_EQ(request.Field("Host"), "a");
    EXPECT_EQ(request.Field("X-Forwarded-For"), "127.0.0.1");
    for (const char* name : {"X-Admin", "X-Sum", "Connection", "Upgrade",
                             "Cookie", "Authorization", "Content-Length"}) {
      EXPECT_FALSE(request.Has(name)) << name;
    }
    EXPECT_EQ(request.trailers, "X-Sum: 9\r\nX-Admin: yes\r\n");
  }
}

TEST(Trailers, OfResponsesGoOnAfterTheContentToUsersWhoAskForThem) {
  ScriptedBackend backend([](Wire& wire) {
    for (;;) {
      const Message request = wire.Read();
      const bool asked = request.Field("TE") == "trailers";
      EXPECT_EQ(request.Has("Connection"), asked);
      const char* const content =
          request.Start() == "GET / HTTP/1.1" ? "1\r\nx\r\n" : "";
      wire.Send(absl::StrCat(
          "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n"
          "Connection: X-Mine\r\n\r\n",
          content, "0\r\n", kHarmful, "X-Sum: 9\r\nX-Mine: 1\r\n\r\n"));
    }
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  for (const bool asks : {true, false, true}) {
    for (const char* path : {"/", "/empty"}) {
      user.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: a\r\n",
                             asks ? "TE: trailers\r\n" : "", "\r\n"));
      const Message response = user.Read();
      EXPECT_EQ(response.trailers, asks ? "X-Sum: 9\r\n" : "");
      EXPECT_EQ(response.Field("Trailer"), asks ? "X-Sum" : "");
      for (const char* name : {"Set-Cookie", "X-Sum", "Connection"}) {
        EXPECT_FALSE(response.Has(name)) << name;
      }
    }
  }
  EXPECT_EQ(backend.connections(), 1u);
}

TEST(Trailers, DoNotReachAUserOfHttp10) {
  ScriptedBackend backend(
      Always(absl::StrCat(kChunkedOk, "1\r\nx\r\n0\r\nX-Sum: 9\r\n\r\n")));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n");
  user.ReadHead();
  EXPECT_EQ(user.ReadToFin(), "x");
}

// What surrounds the chunks and never ends.
std::string Endless(const char* kind) {
  const std::string many(100'000, kind[0] == 'z' ? '0' : 'a');
  if (kind[0] == 'z') return many;
  if (kind[0] == 'e') return "5;" + many;
  if (kind[0] == 'n') return "0\r\n" + many;
  if (kind[0] == 'v') return "0\r\nX: " + many;
  std::string fields = "0\r\n";
  for (int i = 0; i < 30'000; ++i) fields += "X: 1\r\n";
  return fields;
}

constexpr const char* kKinds[] = {"zeros of a size", "extension",
                                  "name of a trailer", "value of a trailer",
                                  "fields of a trailer"};

TEST(Endless, ThingsOfUsersAreRefusedAndTheirBytesNotKept) {
  ScriptedBackend backend([](Wire& wire) { wire.ReadToFin(); });
  RunningProxy proxy({backend.port()});
  for (const char* kind : kKinds) {
    for (const char* before : {"", "5\r\nhello\r\n"}) {
      Wire user = Wire::To(proxy.port());
      user.Send(absl::StrCat(kChunkedPost, before));
      try {
        user.Send(Endless(kind));
      } catch (const std::exception&) {
        // It may have been refused and closed before all was sent.
      }
      std::string all;
      user.ReadToEnd(all);
      EXPECT_TRUE(absl::StartsWith(all, "HTTP/1.1 400 ")) << kind << all;
    }
  }
}

TEST(Endless, ThingsOfBackendsAre502AndReachNoUser) {
  for (const char* kind : kKinds) {
    ScriptedBackend backend([&](Wire& wire) {
      wire.Read();
      wire.Send(absl::StrCat(kChunkedOk, Endless(kind)));
      wire.Read();
    });
    RunningProxy proxy({backend.port()});
    Wire user = Wire::To(proxy.port());
    user.Send(kGetWithTrailers);
    EXPECT_EQ(user.Read().Start(), "HTTP/1.1 502 Bad Gateway") << kind;
    proxy.Stop();
    EXPECT_EQ(proxy.Snapshot(0).cut, 1u) << kind;
  }
}

TEST(Endless, ThingsOfBackendsAfterContentEndInAReset) {
  for (const char* kind : kKinds) {
    Channel<bool> go_on;
    ScriptedBackend backend([&](Wire& wire) {
      wire.Read();
      wire.Send(absl::StrCat(kChunkedOk, "5\r\nhello\r\n"));
      go_on.Take();
      wire.Send(Endless(kind));
      wire.Read();
    });
    RunningProxy proxy({backend.port()});
    Wire user = Wire::To(proxy.port());
    user.Send(kGetWithTrailers);
    user.ReadHead();
    go_on.Put(true);
    std::string all;
    EXPECT_FALSE(user.ReadToEnd(all)) << kind << all;
    EXPECT_FALSE(absl::EndsWith(all, "0\r\n\r\n")) << kind << all;
  }
}

}  // namespace
}  // namespace access_point
