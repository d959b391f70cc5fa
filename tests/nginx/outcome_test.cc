// What els is told of an attempt, for every way in which attempts end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/chaos.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using access_point::Always;
using access_point::Channel;
using access_point::DeadPort;
using access_point::Eventually;
using access_point::ScriptedBackend;
using access_point::Wire;
using testing::ElementsAre;
using testing::Pair;

constexpr char kHalf[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha";
constexpr char kShortPatience[] = "proxy_read_timeout 100ms;";

using Counts = std::map<std::string, std::int64_t>;

// Those that are not 0.
Counts CountsOf(const Nginx& nginx) {
  Counts counts;
  for (const char* name : {"successes", "failures", "timeouts", "cancelled",
                           "neutral", "cut", "dropped", "late_finishes"}) {
    const std::int64_t count = nginx.Count(0, name);
    if (count > 0) counts[name] = count;
  }
  return counts;
}

// What is counted once `attempts` have ended.
Counts After(const Nginx& nginx, std::int64_t attempts) {
  EXPECT_TRUE(Eventually([&] {
    return nginx.Count(0, "picks") == attempts &&
           nginx.Count(0, "outstanding") == 0;
  }));
  return CountsOf(nginx);
}

Settings To(std::uint16_t port, const std::string& els = "els;",
            const std::string& location = "") {
  return {.upstream = Servers({port}, "") + els, .location = location};
}

std::string Answer(const std::string& status, const std::string& more = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", more,
                      "Content-Length: 2\r\n\r\nok");
}

// One GET, whatever becomes of it.
Counts AfterGet(const Settings& settings, const char* method = "GET") {
  Nginx nginx(settings);
  Wire user = Wire::To(nginx.port());
  user.Send(absl::StrCat(
      method, " / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  std::string all;
  user.ReadToEnd(all);
  Counts counts = After(nginx, 1);
  EXPECT_EQ(nginx.Quit(), 0);
  EXPECT_EQ(nginx.Complaints(), "");
  return counts;
}

TEST(NginxOutcome, AStatusSaysWhoIsToBlame) {
  const std::map<std::string, std::string> outcomes = {
      {"200 OK", "successes"},      {"301 Moved", "successes"},
      {"404 Not Found", "neutral"}, {"429 Too Many", "failures"},
      {"500 Internal", "failures"}, {"503 Unavailable", "failures"},
      {"504 Timeout", "failures"},
  };
  for (const auto& [status, outcome] : outcomes) {
    const ScriptedBackend backend(Always(Answer(status)));
    for (const char* els : {"els;", "els latency=body;"}) {
      EXPECT_THAT(AfterGet(To(backend.port(), els)),
                  ElementsAre(Pair(outcome, 1)))
          << status << " " << els;
    }
  }
}

TEST(NginxOutcome, ClientErrorsAreSuccessesIfTheOwnerSaysSo) {
  const ScriptedBackend backend(Always(Answer("404 Not Found")));
  EXPECT_THAT(AfterGet(To(backend.port(), "els client_errors=success;")),
              ElementsAre(Pair("successes", 1)));
}

TEST(NginxOutcome, AnAnswerToHeadIsWholeWithoutItsBody) {
  const ScriptedBackend backend([](Wire& wire) {
    wire.ReadHead();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  });
  EXPECT_THAT(AfterGet(To(backend.port()), "HEAD"),
              ElementsAre(Pair("successes", 1)));
}

TEST(NginxOutcome, NoConnectionAndNoAnswerAreFailures) {
  const DeadPort dead;
  EXPECT_THAT(AfterGet(To(dead.port())), ElementsAre(Pair("failures", 1)));
  const ScriptedBackend closes([](Wire& wire) { wire.ReadHead(); });
  EXPECT_THAT(AfterGet(To(closes.port())), ElementsAre(Pair("failures", 1)));
  const ScriptedBackend breaks_off([](Wire& wire) {
    wire.ReadHead();
    wire.Send("HTTP/1.1 404 Not Found\r\nContent-Le");
  });
  EXPECT_THAT(AfterGet(To(breaks_off.port())),
              ElementsAre(Pair("failures", 1)));
}

TEST(NginxOutcome, NoAnswerInTimeIsATimeout) {
  const ScriptedBackend mute([](Wire& wire) { wire.ReadToFin(); });
  EXPECT_THAT(AfterGet(To(mute.port(), "els;", kShortPatience)),
              ElementsAre(Pair("timeouts", 1)));
}

TEST(NginxOutcome, ACutAnswerIsAFailureHoweverItIsReadAndMeasured) {
  const ScriptedBackend cuts([](Wire& wire) {
    wire.ReadHead();
    wire.Send(kHalf);
  });
  const ScriptedBackend cuts_chunks([](Wire& wire) {
    wire.ReadHead();
    wire.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nha");
  });
  for (const std::uint16_t port : {cuts.port(), cuts_chunks.port()}) {
    for (const char* buffering :
         {"proxy_buffering on;", "proxy_buffering off;"}) {
      EXPECT_THAT(AfterGet(To(port, "els;", buffering)),
                  ElementsAre(Pair("cut", 1), Pair("successes", 1)))
          << buffering;
      EXPECT_THAT(AfterGet(To(port, "els latency=body;", buffering)),
                  ElementsAre(Pair("failures", 1)))
          << buffering;
    }
  }
}

TEST(NginxOutcome, ABodyThatDoesNotFollowIsATimeout) {
  const ScriptedBackend stalls([](Wire& wire) {
    wire.ReadHead();
    wire.Send(kHalf);
    wire.ReadToFin();
  });
  EXPECT_THAT(AfterGet(To(stalls.port(), "els;", kShortPatience)),
              ElementsAre(Pair("cut", 1), Pair("successes", 1)));
  EXPECT_THAT(AfterGet(To(stalls.port(), "els latency=body;", kShortPatience)),
              ElementsAre(Pair("timeouts", 1)));
}

TEST(NginxOutcome, ABodyThatEndsWithTheConnectionIsWhole) {
  const ScriptedBackend backend([](Wire& wire) {
    wire.ReadHead();
    wire.Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
  });
  for (const char* buffering :
       {"proxy_buffering on;", "proxy_buffering off;"}) {
    EXPECT_THAT(AfterGet(To(backend.port(), "els latency=body;", buffering)),
                ElementsAre(Pair("successes", 1)));
  }
}

TEST(NginxOutcome, AUserWhoLeavesBlamesNobody) {
  Channel<int> asked;
  const ScriptedBackend mute([&](Wire& wire) {
    wire.ReadHead();
    asked.Put(0);
    wire.ReadToFin();
  });
  Nginx nginx(To(mute.port()));
  Wire user = Wire::To(nginx.port());
  user.Send(access_point::kGet);
  asked.Take();
  user.Close();
  EXPECT_THAT(After(nginx, 1), ElementsAre(Pair("cancelled", 1)));
}

TEST(NginxOutcome, AUserWhoLeavesInTheMiddleBlamesNobody) {
  for (const char* els : {"els;", "els latency=body;"}) {
    const ScriptedBackend stalls([](Wire& wire) {
      wire.ReadHead();
      wire.Send(kHalf);
      wire.ReadToFin();
    });
    Nginx nginx(To(stalls.port(), els, "proxy_buffering off;"));
    Wire user = Wire::To(nginx.port());
    user.Send(access_point::kGet);
    user.ReadHead();
    user.Close();
    const char* outcome = els[3] == ';' ? "successes" : "cancelled";
    EXPECT_THAT(After(nginx, 1), ElementsAre(Pair(outcome, 1))) << els;
  }
}

TEST(NginxOutcome, AnAnswerThatNginxReplacesIsKnownByItsStatus) {
  const ScriptedBackend backend(Always(Answer("503 Unavailable")));
  EXPECT_THAT(AfterGet(To(backend.port(), "els latency=body;",
                          "proxy_intercept_errors on; error_page 503 =200 "
                          "/els;")),
              ElementsAre(Pair("failures", 1)));
}

TEST(NginxOutcome, AKeptConnectionThatWasClosedTeachesNothingOnce) {
  const ScriptedBackend backend([](Wire& wire) {
    wire.ReadHead();
    wire.Send(access_point::kOk);
    wire.ReadHead();
  });
  Nginx nginx(To(backend.port(), "els; keepalive 4;"));
  // The second is repeated by nginx on a new connection.
  EXPECT_EQ(nginx.Get(), "HTTP/1.1 200 OK");
  EXPECT_EQ(nginx.Get(), "HTTP/1.1 200 OK");
  EXPECT_THAT(After(nginx, 3),
              ElementsAre(Pair("dropped", 1), Pair("successes", 2)));
  // A server that always does so is not excused for long.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(nginx.Get(), "HTTP/1.1 200 OK");
  EXPECT_GT(nginx.Count(0, "failures"), nginx.Count(0, "dropped"));
}

TEST(NginxOutcome, A503SaysHowLongItsServerWantsNothing) {
  const ScriptedBackend backend(
      Always(Answer("503 Unavailable", "Retry-After: 30\r\n")));
  Nginx nginx(To(backend.port()));
  nginx.Get();
  EXPECT_THAT(After(nginx, 1), ElementsAre(Pair("failures", 1)));
  EXPECT_GT(nginx.Status().at(0).at("retry_after_ms").to_number<double>(), 0);
}

}  // namespace
}  // namespace nginx_module
