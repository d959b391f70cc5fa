// What access points are told of servers: their weights and limits.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "sim/files/explain.h"
#include "sim/model/simulate.h"
#include "sim/results/report.h"
#include "tests/sim/policy_setup.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using EndedLog = std::map<std::uint64_t, Ended>;  // By number.

// Requests of exactly 10 ms, all at once from one access point.
Scenario ToldBurst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .description = "a burst",
          .arrivals = BurstArrivals{.requests = requests},
          .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
          .servers = std::move(servers)};
}

Result Logged(const Scenario& scenario, const char* policy, EndedLog& log) {
  return Simulate(scenario, Named(policy), 1,
                  [&log](const Ended& ended) { log[ended.number] = ended; });
}

TEST(MaxOutstanding, MakesElsRefuseAtOnceWhatNoServerHasRoomFor) {
  EndedLog log;
  const Result result =
      Logged(ToldBurst(3, {{.max_outstanding = 1}, {.max_outstanding = 1}}),
             "els", log);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 2);
  EXPECT_EQ(result.failed, 1);
  EXPECT_EQ(result.shed, 1);
  EXPECT_EQ(log[2].end, Time());
  EXPECT_EQ(log[2].outcome, els::Outcome::kFailure);
  EXPECT_FALSE(log[2].server.has_value());
  EXPECT_EQ(log[1].end, Time(milliseconds(10)));
  EXPECT_TRUE(log[1].server.has_value());
  EXPECT_EQ(result.costs.Quantile(1000), seconds(1));
}

TEST(MaxOutstanding, IsObeyedByElsAtEveryMoment) {
  Scenario scenario = ToldBurst(
      0,
      {{.max_outstanding = 1}, {.max_outstanding = 2}, {.max_outstanding = 3}});
  scenario.arrivals = OpenArrivals{.length = seconds(10), .rate = 400};
  scenario.windows = {{"all", seconds(0), seconds(20)}};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_EQ(result.windows[0].peak, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_GT(result.shed, 0);
  EXPECT_EQ(result.shed, result.failed);
}

TEST(MaxOutstanding, IsNothingToPoliciesThatKnowOfNone) {
  const Result result = Simulate(ToldBurst(3, {{.max_outstanding = 1}}),
                                 Named("least-outstanding"), 1);
  EXPECT_EQ(result.succeeded, 3);
  EXPECT_EQ(result.shed, 0);
}

TEST(MaxOutstanding, RefusesARetryAsWell) {
  // The second server has its one request when the first has failed the other.
  Scenario scenario =
      ToldBurst(2, {{.phases = {{.failure_rate = 1}}, .max_outstanding = 1},
                    {.max_outstanding = 1}});
  scenario.servers[0].leaves_at = milliseconds(1);
  scenario.retries = {.most = 1};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.shed, 1);
}

TEST(MaxOutstanding, IsAColumnOfReportsOfScenariosThatHaveIt) {
  Scenario scenario = ToldBurst(4, {{.max_outstanding = 1}});
  const auto text = [&scenario] {
    return Render(scenario, {.first = 1, .count = 1},
                  {Summarise("els", {Simulate(scenario, Named("els"), 1)})});
  };
  EXPECT_NE(text().find("  end s  shed %    b0 %\n"), std::string::npos);
  EXPECT_NE(text().find("    0.0   75.00  100.00\n"), std::string::npos);
  scenario.servers[0].max_outstanding.reset();
  EXPECT_EQ(text().find("shed"), std::string::npos);
}

TEST(Weight, SharesTheTurnsOfSmoothWeightedRoundRobin) {
  const Result result =
      Simulate(ToldBurst(8, {{.weight = 3}, {}}), Named("smooth-wrr"), 1);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{6, 2}));
}

// Each policy that has one number for a server is told the weight by it.
TEST(Weight, IsToldToThosePeersThatKnowWeights) {
  Scenario scenario = ToldBurst(0, {{.discipline = Discipline::kInfinite},
                                    {.discipline = Discipline::kInfinite}});
  scenario.arrivals = OpenArrivals{.length = seconds(100), .rate = 100};
  for (const char* name :
       {"split", "d2-relative", "envoy-least-request", "traefik-least-time",
        "dubbo-shortest-response", "brpc-p2c", "els"}) {
    scenario.servers[0].weight = 1;
    const Result even = Simulate(scenario, Named(name), 1);
    scenario.servers[0].weight = 3;
    const Result heavy = Simulate(scenario, Named(name), 1);
    EXPECT_GT(heavy.picks[0], even.picks[0] + 500) << name;
  }
}

// At 10 ms for every request, a share of picks is a share of what is
// outstanding.
TEST(Weight, IsElsShareOfTheRequests) {
  Scenario scenario =
      ToldBurst(0, {{.discipline = Discipline::kInfinite, .weight = 2},
                    {.discipline = Discipline::kInfinite}});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 2000};
  const Result result = Simulate(scenario, Named("els"), 1);
  EXPECT_NEAR(static_cast<double>(result.picks[0]) /
                  static_cast<double>(result.succeeded),
              2. / 3, 0.02);
}

TEST(Explain, TellsWhatAccessPointsAreToldOfAServer) {
  const std::string text = absl::StrReplaceAll(
      Explain(ToldBurst(1, {{.weight = 2, .max_outstanding = 3}})),
      {{"\n ", ""}});
  EXPECT_NE(
      text.find("1 slot. Access points are told a weight of 2 and a limit "
                "of 3 outstanding at a time, each."),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace els_sim
