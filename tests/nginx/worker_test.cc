// Workers, reloads, the status page, and memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/chaos.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using access_point::DeadPort;
using access_point::Eventually;
using access_point::FaultyBackend;
using access_point::Load;
using access_point::Message;
using access_point::Wire;
using testing::HasSubstr;
using testing::Not;

constexpr char kAnswered[] = "HTTP/1.1 200 OK";

TEST(NginxWorker, AReloadUnderLoadLosesNoRequest) {
  const FaultyBackend backends[3];
  const std::string servers =
      Servers({backends[0].port(), backends[1].port()}) + "els; keepalive 8;";
  const std::string others = Servers({backends[1].port(), backends[2].port()}) +
                             "els latency=body; keepalive 8;";
  constexpr int kMany = 2000;
  // A worker that leaves closes the connections of users that are idle.
  Nginx nginx(
      {.upstream = servers, .http = "keepalive_timeout 0;", .workers = 2});
  Load load(nginx.port(), 500, kMany);
  const pid_t before = nginx.Worker();
  for (int i = 1; i <= 6; ++i) {
    load.AwaitBegun(i * kMany / 8);
    nginx.Reload(i % 2 == 0 ? servers : others);
  }
  EXPECT_EQ(load.Wait()[""], kMany);
  EXPECT_NE(nginx.Worker(), before);
  EXPECT_GT(backends[2].Requests(), 0);
  EXPECT_EQ(nginx.Quit(), 0);
  EXPECT_EQ(nginx.Complaints(), "");
}

TEST(NginxWorker, EachWorkerLearnsByItself) {
  const FaultyBackend backend(0);
  Nginx nginx({.upstream = Servers({backend.port()}) + "els;", .workers = 2});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(nginx.Get(), kAnswered);
  std::map<std::int64_t, std::int64_t> picks;  // By process.
  EXPECT_TRUE(Eventually([&] {
    Wire wire = Wire::To(nginx.port());
    wire.Send("GET /els HTTP/1.1\r\nHost: a\r\n\r\n");
    const boost::json::value status = boost::json::parse(wire.Read().body);
    picks[status.at("pid").to_number<std::int64_t>()] =
        status.at("upstreams")
            .at(0)
            .at("servers")
            .at(0)
            .at("picks")
            .to_number<std::int64_t>();
    return picks.size() == 2;
  }));
  std::int64_t sum = 0;
  for (const auto& [pid, count] : picks) {
    EXPECT_GT(count, 0);
    sum += count;
  }
  EXPECT_EQ(sum, 100);
}

TEST(NginxWorker, TheStatusPageTellsOfEachServer) {
  const FaultyBackend backend;
  const FaultyBackend backup;
  Nginx nginx({.upstream = Servers({backend.port()}, "weight=2 max_conns=7") +
                           Servers({backup.port()}, "backup") + "els;"});
  EXPECT_EQ(nginx.Get(), kAnswered);
  EXPECT_TRUE(Eventually([&] { return nginx.Count(0, "outstanding") == 0; }));
  const boost::json::array servers = nginx.Status();
  ASSERT_EQ(servers.size(), 2u);
  EXPECT_EQ(servers[0].at("server").as_string(),
            absl::StrCat("127.0.0.1:", backend.port()));
  EXPECT_FALSE(servers[0].at("backup").as_bool());
  EXPECT_TRUE(servers[1].at("backup").as_bool());
  EXPECT_EQ(nginx.Count(0, "weight"), 2);
  EXPECT_EQ(nginx.Count(0, "max_outstanding"), 7);
  EXPECT_EQ(nginx.Count(0, "picks"), 1);
  EXPECT_EQ(nginx.Count(1, "picks"), 0);
  // At least what the server takes.
  EXPECT_GE(servers[0].at("latency_ms").to_number<double>(), 5);
  EXPECT_TRUE(servers[1].at("since_outcome_ms").is_null());
}

TEST(NginxWorker, TheStatusPageHasEachTerm) {
  const DeadPort dead;
  const Nginx nginx({.upstream = Servers({dead.port()}) + "els;"});
  const boost::json::array servers = nginx.Status();
  for (const char* term : {"expected_latency_ms",
                           "latency_deviation_ms",
                           "failure_cost_ms",
                           "success_rate",
                           "queue",
                           "overdue",
                           "turn",
                           "distance",
                           "answered",
                           "work",
                           "answered_work",
                           "spared",
                           "parallelism",
                           "share",
                           "failure_latency_ms",
                           "mean_age_ms",
                           "retry_after_ms",
                           "successes",
                           "failures",
                           "timeouts",
                           "cancelled",
                           "neutral",
                           "cut",
                           "dropped",
                           "late_finishes"}) {
    EXPECT_TRUE(servers[0].as_object().contains(term)) << term;
  }
}

TEST(NginxWorker, TheStatusPageIsThereForManyServersAndMethodsThatRead) {
  std::string servers;
  for (int i = 1; i <= 250; ++i) {
    absl::StrAppend(&servers, "server 127.0.", i % 9, ".", i, ":9; ");
  }
  Nginx nginx({.upstream = servers + "els;",
               .http = "upstream \"odd\\\"name\" { server 127.0.0.1:9; els; } "
                       "upstream plain { server 127.0.0.1:9; }"});
  Wire wire = Wire::To(nginx.port());
  wire.Send("GET /els HTTP/1.1\r\nHost: a\r\n\r\n");
  const Message answer = wire.Read();
  EXPECT_EQ(answer.Field("Content-Type"), "application/json");
  const boost::json::value status = boost::json::parse(answer.body);
  EXPECT_EQ(status.at("upstreams").as_array().size(), 2u);
  EXPECT_EQ(status.at("upstreams").at(0).at("servers").as_array().size(), 250u);
  EXPECT_EQ(status.at("upstreams").at(1).at("name").as_string(), "odd\"name");
  wire.Send("HEAD /els HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(wire.ReadBodiless().Field("Content-Length"),
            std::to_string(answer.body.size()));
  wire.Send("POST /els HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(wire.Read().Start(), "HTTP/1.1 405 Not Allowed");
}

// Every way in which an attempt ends, in one process and over a reload: nginx
// itself cannot be reloaded as one process.
void RunUnderValgrind(bool one_process) {
  FaultyBackend good;
  FaultyBackend busy;
  FaultyBackend cuts;
  const DeadPort dead;
  busy.Turn("busy");
  cuts.Turn("cut");
  Nginx nginx(
      {.upstream =
           Servers({good.port(), busy.port(), cuts.port(), dead.port()}) +
           Servers({good.port()}, "backup") + "els; keepalive 2;",
       .location = "proxy_next_upstream error http_503;",
       .one_process = one_process,
       .under = {ELS_VALGRIND, "--quiet", "--error-exitcode=99",
                 "--leak-check=full", "--show-leak-kinds=definite",
                 "--errors-for-leak-kinds=definite",
                 "--suppressions=" ELS_VALGRIND_SUPPRESSIONS}});
  Load load(nginx.port(), 100, 300);
  EXPECT_GT(load.Wait()[""], 270);
  if (!one_process) {
    const pid_t before = nginx.Worker();
    nginx.Reload();
    EXPECT_TRUE(Eventually([&] { return nginx.Worker() != before; }));
    EXPECT_EQ(nginx.Status().size(), 5u);
  }
  EXPECT_EQ(nginx.Quit(), 0);
  // Each line of valgrind's begins so.
  EXPECT_THAT(nginx.ErrorLog(), Not(HasSubstr("==")));
}

TEST(NginxWorker, ValgrindHasNothingToComplainOfInOneProcess) {
  RunUnderValgrind(true);
}

TEST(NginxWorker, ValgrindHasNothingToComplainOfOverAReload) {
  RunUnderValgrind(false);
}

}  // namespace
}  // namespace nginx_module
