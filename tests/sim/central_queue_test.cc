// One queue for all servers: whole runs with the yardstick "central-queue".

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/model/simulate.h"
#include "sim/theory/theory.h"
#include "sim/theory/validate.h"
#include "sim/theory/validation_steady.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Log = std::map<std::uint64_t, Ended>;  // By number.

Log LogOf(const Scenario& scenario, const char* policy = "central-queue") {
  Log log;
  Simulate(scenario, *FindPolicy(policy), 1,
           [&log](const Ended& ended) { log[ended.number] = ended; });
  return log;
}

Scenario PoissonStream(double load, std::vector<ServerPlan> servers) {
  return {.name = "stream",
          .arrivals = OpenArrivals{.length = seconds(5), .load = load},
          .sizes = {.mean = milliseconds(10)},
          .servers = std::move(servers),
          .access_points = 3};
}

// Requests of exactly 10 ms, all at once.
Scenario Burst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .arrivals = BurstArrivals{.requests = requests},
          .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
          .servers = std::move(servers)};
}

TEST(CentralQueue, IsOneServerWithAllTheSlotsWhereServersAreAlike) {
  for (const double load : {0.5, 0.9, 1.2}) {
    const Log many =
        LogOf(PoissonStream(load, std::vector<ServerPlan>(4, {.slots = 2})));
    const Log one = LogOf(PoissonStream(load, {{.slots = 8}}), "random");
    ASSERT_GT(many.size(), 1000);
    ASSERT_EQ(many.size(), one.size());
    for (const auto& [number, ended] : many) {
      ASSERT_EQ(ended.end, one.at(number).end) << load << ", " << number;
    }
  }
}

// Of the full list, what takes less than a second.
TEST(CentralQueue, WaitsAsLongAsErlangSays) {
  ValidationCase each =
      Steady("central queue of 4", "central-queue", Alike(4), ExponentialSize(),
             4 * 0.7, {.rho = 0.7, .pooled = 4, .error = 0.008});
  each.references = {{.value = theory::MmcMean(4, 0.7), .source = "Erlang C"},
                     {.thousandths = 900,
                      .value = theory::MmcQuantile(4, 0.7, 0.9),
                      .source = "Erlang C"}};
  const auto rows = Validate(std::vector<ValidationCase>{each}, 2);
  EXPECT_TRUE(AllPass(rows)) << RenderValidation(rows);
}

TEST(CentralQueue, TakesTheFasterOfTwoThatAreIdleFirst) {
  ValidationCase each =
      Steady("one 3x slow", "central-queue", OneSlow(2, 3), ExponentialSize(),
             0.8, {.rho = 0.6, .pooled = 2, .slowest = 3, .error = 0.008});
  each.references = {{.value = theory::OneQueueOfTwoMean(1, 1.0 / 3, 0.8),
                      .source = "balance of states"}};
  const auto rows = Validate(std::vector<ValidationCase>{each}, 2);
  EXPECT_TRUE(AllPass(rows)) << RenderValidation(rows);
}

TEST(CentralQueue, BindsNoRequestBeforeAServerIsFree) {
  // The second server is stuck with its first request, and nothing waits for
  // it.
  const Log log = LogOf(Burst(5, {{}, {.phases = {{.slowness = 4}}}}));
  std::vector<Duration> ends;
  for (const auto& [number, ended] : log) {
    ends.push_back(ended.end.time_since_epoch());
  }
  EXPECT_EQ(ends, (std::vector<Duration>{milliseconds(10), milliseconds(40),
                                         milliseconds(20), milliseconds(30),
                                         milliseconds(40)}));
}

TEST(CentralQueue, SendsNothingThatHasBeenGivenUp) {
  Scenario scenario = Burst(3, {{}});
  scenario.timeout = milliseconds(15);
  const Result result = Simulate(scenario, *FindPolicy("central-queue"), 1);
  // The third would have begun at 20 ms.
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.timed_out, 2);
}

TEST(CentralQueue, RetriesElsewhere) {
  Scenario scenario =
      Burst(40, {{.phases = {{.failure_rate = 1}}}, {.slots = 2}, {}});
  scenario.retries.most = 1;
  const Log log = LogOf(scenario);
  ASSERT_EQ(log.size(), 40);
  for (const auto& [number, ended] : log) {
    EXPECT_EQ(ended.outcome, els::Outcome::kSuccess);
    EXPECT_NE(ended.server, 0);
  }
}

TEST(CentralQueue, UsesServersAsSoonAsTheyJoin) {
  const Log log = LogOf(Burst(4, {{}, {.joins_at = milliseconds(12)}}));
  EXPECT_EQ(log.at(2).end.time_since_epoch(), milliseconds(22));
  EXPECT_EQ(log.at(2).server, 1);
  EXPECT_EQ(log.at(3).end.time_since_epoch(), milliseconds(30));
}

TEST(CentralQueue, CountsWhatIsOnItsWayAsThere) {
  // In zones a second apart, whoever waits for one server does not pile up at
  // the other.
  Scenario scenario = Burst(4, {{.zone = 0}, {.zone = 1}});
  scenario.zones = 2;
  scenario.delays = {{milliseconds(0), milliseconds(3)},
                     {milliseconds(3), milliseconds(0)}};
  Duration last = {};
  for (const auto& [number, ended] : LogOf(scenario)) {
    last = std::max(last, ended.end.time_since_epoch());
  }
  // Each server has two in turn, and no third.
  EXPECT_LE(last, milliseconds(2 * (3 + 10 + 3)));
}

}  // namespace
}  // namespace els_sim
