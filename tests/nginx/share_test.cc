// Who gets how many tries, by els and by least_conn beside it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/access_point/chaos.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using access_point::FaultyBackend;
using access_point::Fleet;
using access_point::Load;

constexpr int kRequests = 3000;
// So many at 10 ms each are eight at a time, so least_conn has a reason to
// prefer a server that has none.
constexpr int kPerSecond = 800;

struct Shares {
  std::map<std::uint16_t, double> of;  // By port; 1 in all.
  std::map<std::string, int> ends;     // Of requests, as users see them.
};

Shares Serve(const std::string& method, const std::vector<std::uint16_t>& ports,
             const std::string& location = "") {
  Nginx nginx({.upstream = Servers(ports) + method + "keepalive 32;",
               .location = location});
  Load load(nginx.port(), kPerSecond, kRequests);
  Shares shares = {.of = {}, .ends = load.Wait()};
  EXPECT_EQ(nginx.Quit(), 0);
  EXPECT_EQ(nginx.Complaints(), "");
  const std::map<std::uint16_t, int> tries = nginx.Tries();
  double sum = 0;
  for (const auto& [port, count] : tries) sum += count;
  for (const auto& [port, count] : tries) shares.of[port] = count / sum;
  return shares;
}

double Most(const Fleet& fleet, const Shares& shares) {
  double most = 0;
  for (const FaultyBackend& one : fleet.good) {
    most = std::max(most, shares.of.at(one.port()));
  }
  return most;
}

void Compare(const Fleet& fleet, const char* what) {
  const Shares els = Serve("els;", fleet.Ports());
  const Shares least = Serve("least_conn;", fleet.Ports());
  const auto bad = [&](const Shares& shares) {
    const auto found = shares.of.find(fleet.bad.port());
    return found == shares.of.end() ? 0 : found->second;
  };
  const auto whole = [](Shares shares) { return shares.ends[""]; };
  std::cout << "tries of a server that " << what << ": els " << 100 * bad(els)
            << " %, least_conn " << 100 * bad(least) << " %; whole answers of "
            << kRequests << ": els " << whole(els) << ", least_conn "
            << whole(least) << std::endl;
  EXPECT_LT(bad(els), 0.005);
  EXPECT_GT(bad(least), Most(fleet, least));
  EXPECT_GE(whole(els), whole(least));
}

TEST(NginxShare, ARefusingServerGetsNextToNothing) {
  Fleet fleet;
  fleet.bad.Kill();
  Compare(fleet, "refuses");
}

TEST(NginxShare, AServerThatAnswers503AtOnceGetsNextToNothing) {
  Fleet fleet;
  fleet.bad.Turn("busy");
  Compare(fleet, "answers 503");
}

TEST(NginxShare, AServerThatCutsItsAnswersGetsNextToNothing) {
  Fleet fleet;
  fleet.bad.Turn("cut");
  Compare(fleet, "cuts");
}

TEST(NginxShare, AServerThatResetsItsConnectionsGetsNextToNothing) {
  Fleet fleet;
  fleet.bad.Turn("reset");
  Compare(fleet, "resets");
}

TEST(NginxShare, AServerTenTimesSlowerGetsTheLeast) {
  const Fleet fleet(10 * Fleet::kUsualMs);
  for (const char* latency : {"els;", "els latency=body;"}) {
    Shares shares = Serve(latency, fleet.Ports());
    std::cout << "tries of a server ten times slower, " << latency << " "
              << 100 * shares.of[fleet.bad.port()] << " %" << std::endl;
    EXPECT_EQ(shares.ends[""], kRequests);
    for (const FaultyBackend& one : fleet.good) {
      EXPECT_GT(shares.of[one.port()], shares.of[fleet.bad.port()]);
    }
  }
}

TEST(NginxShare, AFrozenServerCostsFewRequestsTheirTime) {
  Fleet fleet;
  fleet.bad.Freeze();
  Shares shares = Serve("els;", fleet.Ports(), "proxy_read_timeout 500ms;");
  fleet.bad.Thaw();
  std::cout << "tries of a frozen server: els "
            << 100 * shares.of[fleet.bad.port()] << " %" << std::endl;
  // Each was tried again elsewhere.
  EXPECT_EQ(shares.ends[""], kRequests);
  EXPECT_LT(shares.of[fleet.bad.port()], 0.02);
}

}  // namespace
}  // namespace nginx_module
