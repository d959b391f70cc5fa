// What becomes of requests that are sent to two servers, by hand: server b0 is
// slow or broken, b1 takes 20 ms, and the hedge is due after 50 ms.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "els/balancer.h"
#include "sim/files/explain.h"
#include "sim/files/scenario_file.h"
#include "sim/model/scenario.h"
#include "sim/model/simulate.h"
#include "sim/results/compare.h"
#include "tests/sim/recording_policy.h"

namespace els_sim {
namespace {

using els::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Event = RecordingPolicy::Event;
using Kind = HedgePlan::Kind;

Time At(Duration time) { return Time(time); }

Scenario OneRequest(const Phase& of_first) {
  Scenario scenario;
  scenario.name = "one";
  scenario.arrivals = BurstArrivals{.requests = 1};
  scenario.sizes = {.mean = milliseconds(20), .shape = ConstantSize()};
  scenario.servers.resize(2);
  scenario.servers[0].phases = {of_first};
  scenario.timeout = seconds(1);
  scenario.hedge = {.kind = Kind::kFixed, .delay = milliseconds(50)};
  return scenario;
}

// How its only request has ended.
Ended EndOf(const Scenario& scenario) {
  std::optional<Ended> end;
  Simulate(scenario, RecordingPolicy::Info(), 1,
           [&end](const Ended& ended) { end = ended; });
  return *end;
}

TEST(Hedge, TheFirstToSucceedWinsAndTheOtherIsCancelled) {
  const Ended end = EndOf(OneRequest({.slowness = 100}));
  EXPECT_EQ(end.outcome, Outcome::kSuccess);
  EXPECT_EQ(end.end, At(milliseconds(70)));
  EXPECT_EQ(end.server, 1U);
  EXPECT_THAT(RecordingPolicy::Events(),
              ElementsAre(Event{"finish", 1, Outcome::kSuccess,
                                milliseconds(20), At(milliseconds(70))},
                          Event{"finish", 0, Outcome::kCancelled,
                                milliseconds(70), At(milliseconds(70))}));
}

TEST(Hedge, TheFirstAttemptMayStillWin) {
  Scenario scenario = OneRequest({.slowness = 3});
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(60)));
  EXPECT_EQ(EndOf(scenario).server, 0U);
}

TEST(Hedge, IsNotSentForWhatIsAnswered) {
  Scenario scenario = OneRequest({.slowness = 2});
  const Result result = Simulate(scenario, RecordingPolicy::Info(), 1);
  EXPECT_THAT(result.picks, ElementsAre(1, 0));
  scenario.servers[0].phases[0].slowness = 100;
  scenario.hedge->kind = Kind::kNone;
  EXPECT_THAT(Simulate(scenario, RecordingPolicy::Info(), 1).picks,
              ElementsAre(1, 0));
}

// On one server with one slot: the first attempt is served until 200 ms, its
// hedge, which nobody waits for, until 400 ms, and then the next request.
TEST(Hedge, TheServerOfTheLoserStillDoesTheWork) {
  Scenario scenario = OneRequest({.slowness = 10});
  scenario.servers.resize(1);
  scenario.arrivals = TraceArrivals{std::make_shared<std::vector<Duration>>(
      std::vector<Duration>{Duration(), milliseconds(210)})};
  std::vector<Time> ends;
  Simulate(scenario, RecordingPolicy::Info(), 1,
           [&ends](const Ended& ended) { ends.push_back(ended.end); });
  EXPECT_THAT(ends, ElementsAre(At(milliseconds(200)), At(milliseconds(600))));
}

TEST(Hedge, AFailureWaitsForTheOtherAttempt) {
  Scenario scenario = OneRequest({.failure_rate = 1});
  scenario.servers[0].failure_after = milliseconds(60);
  EXPECT_EQ(EndOf(scenario).outcome, Outcome::kSuccess);
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(70)));
}

TEST(Hedge, ARequestFailsOnceBothAttemptsHave) {
  Scenario scenario = OneRequest({.failure_rate = 1});
  for (ServerPlan& server : scenario.servers) {
    server.phases = scenario.servers[0].phases;
    server.failure_after = milliseconds(60);
  }
  EXPECT_EQ(EndOf(scenario).outcome, Outcome::kFailure);
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(110)));
  // A retry is one attempt, and gets no hedge.
  scenario.retries.most = 1;
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(170)));
}

TEST(Hedge, SavesARequestFromAServerThatIsSilent) {
  Scenario scenario = OneRequest({.silent = true});
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(70)));
  EXPECT_EQ(EndOf(scenario).outcome, Outcome::kSuccess);
  scenario.servers[1].phases = scenario.servers[0].phases;
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(1050)));
  EXPECT_EQ(EndOf(scenario).outcome, Outcome::kTimeout);
}

TEST(Hedge, TheFirstByteOfAStreamWins) {
  Scenario scenario = OneRequest({.slowness = 100});
  for (ServerPlan& server : scenario.servers) {
    server.streams = AnswerStreams{.mean_length = seconds(10)};
  }
  EXPECT_EQ(EndOf(scenario).end, At(milliseconds(70)));
  const Event cancelled = {"finish", 0, Outcome::kCancelled, milliseconds(70),
                           At(milliseconds(70))};
  EXPECT_EQ(RecordingPolicy::Events().front(), cancelled);
}

// Half of all answers are late: a hedge is sent for at most a part of `ratio`
// of the requests, and the burst.
TEST(Hedge, WhatIsLearntIsBoundedByTheBudget) {
  Scenario scenario = OneRequest({});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 100.0};
  for (ServerPlan& server : scenario.servers) {
    server.discipline = Discipline::kInfinite;
    server.stragglers =
        Stragglers{.part = 0.5, .mean_delay = milliseconds(500)};
  }
  scenario.hedge = {.options = {.quantile = 0.5, .ratio = 0.2}};
  const Result result = Simulate(scenario, *FindPolicy("round-robin"), 1);
  const auto requests = static_cast<double>(result.costs.count());
  const auto attempts = static_cast<double>(result.picks[0] + result.picks[1]);
  EXPECT_LE(attempts, 10 + 1.2 * requests);
  EXPECT_GE(attempts, 1.15 * requests);
}

constexpr const char* kHedgedScenario = R"(
description = "two servers"
arrivals = { kind = "constant", length = "2s", rate = 100 }
sizes = { shape = "constant", mean = "20ms" }
servers = [{ count = 2, slots = 2, stragglers = { part = 0.1, mean_delay = "300ms" } }]
[access_points]
)";

absl::StatusOr<Scenario> ReadHedged(const std::string& access_points) {
  return ParseScenario(kHedgedScenario + access_points, "hedged.toml",
                       [](const std::string&) -> absl::StatusOr<std::string> {
                         return absl::NotFoundError("none");
                       });
}

std::string ErrorOfHedge(const std::string& access_points) {
  return absl::StrCat(ReadHedged(access_points).status().message());
}

TEST(HedgeScenario, IsReadWithItsOptions) {
  const auto learnt = ReadHedged(
      "hedge = \"learnt\"\n"
      "hedge_options = { quantile = 0.9, ratio = 0.3, burst = 4, keys = 16,"
      " half_life = \"5s\" }\n");
  ASSERT_TRUE(learnt.ok()) << learnt.status();
  EXPECT_EQ(learnt->hedge->kind, Kind::kLearnt);
  EXPECT_EQ(learnt->hedge->options.quantile, 0.9);
  EXPECT_EQ(learnt->hedge->options.ratio, 0.3);
  EXPECT_EQ(learnt->hedge->options.burst, 4);
  EXPECT_EQ(learnt->hedge->options.keys, 16U);
  EXPECT_EQ(learnt->hedge->options.half_life, seconds(5));
  EXPECT_EQ(learnt->servers[1].stragglers->part, 0.1);
  const auto fixed = ReadHedged("hedge = \"50ms\"");
  ASSERT_TRUE(fixed.ok()) << fixed.status();
  EXPECT_EQ(fixed->hedge->kind, Kind::kFixed);
  EXPECT_EQ(fixed->hedge->delay, milliseconds(50));
  EXPECT_EQ(ReadHedged("hedge = \"none\"")->hedge->kind, Kind::kNone);
  EXPECT_FALSE(ReadHedged("")->hedge.has_value());
}

TEST(HedgeScenario, RefusesWhatIsWrongAndNamesIt) {
  EXPECT_THAT(ErrorOfHedge("hedge = \"soon\""),
              HasSubstr("\"soon\"; it must be none, learnt or a delay, such as "
                        "50ms"));
  EXPECT_THAT(
      ErrorOfHedge("hedge = \"learnt\"\nhedge_options = { quantile = 1 }"),
      HasSubstr("access_points.hedge_options.quantile is 1; it must be from "
                "0.5 to 0.999"));
  EXPECT_THAT(ErrorOfHedge("hedge = \"50ms\"\nhedge_options = { ratio = 1 }"),
              HasSubstr("hedge_options need hedge = \"learnt\""));
}

TEST(HedgeScenario, RunsEachPolicyWithEachHedgeThatIsAskedFor) {
  const std::vector<const PolicyInfo*> policies = {FindPolicy("round-robin")};
  const auto report = [&](const Variants& variants) {
    return Compare(*ReadHedged("hedge = \"learnt\""), policies,
                   {.first = 1, .count = 1}, 1, nullptr, variants);
  };
  EXPECT_THAT(report({}), HasSubstr("100 requests/s, hedge learnt, access"));
  const std::string all = report({.hedges = {"none", "50ms"}});
  EXPECT_THAT(all, HasSubstr("\nround-robin, none "));
  EXPECT_THAT(all, HasSubstr("\nround-robin, 50ms "));
  EXPECT_THAT(all, Not(HasSubstr("hedge learnt")));
  const std::string product =
      report({.limits = {"els", "none"}, .hedges = {"none", "50ms"}});
  EXPECT_THAT(product, HasSubstr("\nround-robin, els, none "));
  EXPECT_THAT(product, HasSubstr("\nround-robin, none, 50ms "));
}

TEST(HedgeScenario, IsExplained) {
  EXPECT_THAT(Explain(*ReadHedged("hedge = \"50ms\"")),
              HasSubstr("unanswered after 50 ms"));
  EXPECT_THAT(Explain(*ReadHedged("hedge = \"learnt\"")),
              HasSubstr("quantile"));
  EXPECT_THAT(Explain(*ReadHedged("")), HasSubstr("10 % are late"));
}

}  // namespace
}  // namespace els_sim
