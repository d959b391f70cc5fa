// weight, max_conns, backup, down, max_fails: what nginx's users know keeps its
// meaning; and a second attempt goes elsewhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/access_point/chaos.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using access_point::DeadPort;
using access_point::Eventually;
using access_point::FaultyBackend;
using access_point::Load;
using access_point::Wire;

constexpr char kServed[] = "HTTP/1.1 200 OK";
constexpr char kNoServer[] = "HTTP/1.1 502 Bad Gateway";

// So many users with requests that are not answered.
std::vector<std::unique_ptr<Wire>> Held(const Nginx& nginx, int count) {
  std::vector<std::unique_ptr<Wire>> users;
  for (int i = 0; i < count; ++i) {
    users.push_back(Wire::New(nginx.port()));
    users.back()->Send(access_point::kGet);
  }
  return users;
}

TEST(NginxServers, ASecondAttemptGoesElsewhereAlways) {
  const DeadPort dead[3];
  const FaultyBackend good;
  const std::vector<std::uint16_t> all_dead = {dead[0].port(), dead[1].port(),
                                               dead[2].port()};
  Nginx some({.upstream = Servers(all_dead) + Servers({good.port()}) + "els;"});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(some.Get(), kServed);
  EXPECT_EQ(some.Quit(), 0);
  std::size_t longest = 0;
  for (const std::vector<std::uint16_t>& route : some.Routes()) {
    EXPECT_EQ(std::set(route.begin(), route.end()).size(), route.size());
    EXPECT_EQ(route.back(), good.port());
    longest = std::max(longest, route.size());
  }
  EXPECT_GT(longest, 1u);

  Nginx none({.upstream = Servers(all_dead) + "els;"});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(none.Get(), kNoServer);
  EXPECT_EQ(none.Quit(), 0);
  for (const std::vector<std::uint16_t>& route : none.Routes()) {
    EXPECT_EQ(std::set(route.begin(), route.end()).size(), 3u);
    EXPECT_EQ(route.size(), 3u);
  }
}

TEST(NginxServers, MaxConnsIsKept) {
  FaultyBackend limited;
  const FaultyBackend other;
  limited.Turn("mute");
  Nginx alone({.upstream = Servers({limited.port()}, "max_conns=2") + "els;"});
  {
    const auto users = Held(alone, 2);
    EXPECT_TRUE(Eventually([&] { return limited.Requests() == 2; }));
    EXPECT_EQ(alone.Get(), kNoServer);
  }
  // Their users have gone.
  EXPECT_TRUE(Eventually([&] { return alone.Count(0, "outstanding") == 0; }));
  const auto again = Held(alone, 1);
  EXPECT_TRUE(Eventually([&] { return limited.Requests() == 3; }));

  limited.Turn("mute");
  Nginx beside({.upstream = Servers({limited.port()}, "max_conns=1") +
                            Servers({other.port()}) + "els;"});
  const auto user = Held(beside, 1);
  EXPECT_TRUE(Eventually(
      [&] { return beside.Count(0, "picks") == 1 || other.Requests() == 1; }));
  for (int i = 0; i < 20; ++i) {
    if (limited.Requests() == 0) break;
    EXPECT_EQ(beside.Get(), kServed);
  }
}

TEST(NginxServers, MaxConnsInAZoneIsThatOfAllWorkers) {
  FaultyBackend limited;
  limited.Turn("mute");
  Nginx nginx({.upstream = "zone api 64k; " +
                           Servers({limited.port()}, "max_conns=2") + "els;",
               .workers = 2});
  const auto users = Held(nginx, 2);
  EXPECT_TRUE(Eventually([&] { return limited.Requests() == 2; }));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(nginx.Get(), kNoServer);
  EXPECT_EQ(limited.Requests(), 2);
}

TEST(NginxServers, AServerThatIsDownGetsNothing) {
  const FaultyBackend good;
  const FaultyBackend down;
  Nginx nginx({.upstream = Servers({good.port()}) +
                           Servers({down.port()}, "down") + "els;"});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(down.Requests(), 0);
  EXPECT_EQ(nginx.Status().size(), 1u);

  Nginx nothing({.upstream = Servers({down.port()}, "down") + "els;"});
  EXPECT_EQ(nothing.Get(), kNoServer);
}

TEST(NginxServers, ABackupIsAskedIfAllOthersFailedTheRequestOrAreFull) {
  FaultyBackend first;
  FaultyBackend backup;
  Nginx nginx({.upstream = Servers({first.port()}, "max_fails=0 max_conns=1") +
                           Servers({backup.port()}, "backup") + "els;"});
  for (int i = 0; i < 50; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(backup.Requests(), 0);

  first.Turn("mute");
  {
    const auto user = Held(nginx, 1);
    EXPECT_TRUE(Eventually([&] { return first.Requests() == 1; }));
    EXPECT_EQ(nginx.Get(), kServed);
    EXPECT_EQ(backup.Requests(), 1);
  }

  first.Kill();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(backup.Requests(), 11);
}

TEST(NginxServers, OnceAllOthersHaveFailedMaxFailsTimesTheBackupIsAskedFirst) {
  const DeadPort dead[2];
  const FaultyBackend backup;
  Nginx nginx({.upstream = Servers({dead[0].port(), dead[1].port()},
                                   "max_fails=3 fail_timeout=1h") +
                           Servers({backup.port()}, "backup") + "els;"});
  for (int i = 0; i < 30; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(nginx.Quit(), 0);
  EXPECT_EQ(backup.Requests(), 30);
  std::map<std::uint16_t, int> tries = nginx.Tries();
  EXPECT_EQ(tries[dead[0].port()], 3);
  EXPECT_EQ(tries[dead[1].port()], 3);
}

TEST(NginxServers, ServersThatRecoverTakeOverFromTheBackup) {
  FaultyBackend first;
  FaultyBackend backup;
  Nginx nginx(
      {.upstream = Servers({first.port()}, "max_fails=1 fail_timeout=1s") +
                   Servers({backup.port()}, "backup") + "els;"});
  first.Kill();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(backup.Requests(), 10);
  first.Start();
  EXPECT_TRUE(Eventually([&] {
    EXPECT_EQ(nginx.Get(), kServed);
    return first.Requests() > 3;
  }));
}

TEST(NginxServers, MoreWeightGetsMore) {
  const FaultyBackend light(10);
  const FaultyBackend heavy(10);
  Nginx nginx({.upstream = Servers({light.port()}) +
                           Servers({heavy.port()}, "weight=3") +
                           "els; keepalive 32;"});
  Load load(nginx.port(), 800, 2000);
  EXPECT_EQ(load.Wait()[""], 2000);
  EXPECT_GT(heavy.Requests(), 2 * light.Requests());
  EXPECT_LT(heavy.Requests(), 4 * light.Requests());
}

TEST(NginxServers, AnAddressMayBeGivenTwice) {
  const FaultyBackend backend;
  Nginx nginx({.upstream = Servers({backend.port(), backend.port()}) + "els;"});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(nginx.Get(), kServed);
  EXPECT_EQ(nginx.Count(0, "picks") + nginx.Count(1, "picks"), 10);
}

}  // namespace
}  // namespace nginx_module
