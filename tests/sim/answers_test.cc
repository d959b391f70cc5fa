// Answers that say nothing of speed, those that are cut off and those that are
// streamed, in a simulation.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/model/simulate.h"
#include "tests/sim/policy_setup.h"
#include "tests/sim/recording_policy.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Requests of exactly 10 ms, all at once from one access point, in turn.
Scenario AnswersBurst(std::size_t requests, std::vector<ServerPlan> servers) {
  return {.name = "burst",
          .description = "a burst",
          .arrivals = BurstArrivals{.requests = requests},
          .sizes = {.mean = milliseconds(10), .shape = ConstantSize()},
          .servers = std::move(servers),
          .first_in_turn = 0};
}

using RecordedEvent = RecordingPolicy::Event;

// The part of the requests that `server` got.
double AnswersShare(const Scenario& scenario, const char* policy,
                    std::size_t server = 0) {
  const Result result = Simulate(scenario, Named(policy), 1);
  return static_cast<double>(result.picks[server]) /
         static_cast<double>(result.costs.count());
}

TEST(NeutralAnswers, ComeAtOnceTakeNoSlotAndCountAsAnswers) {
  const Scenario scenario = AnswersBurst(
      4, {{.neutral_rate = 1, .neutral_after = milliseconds(2)}, {.slots = 2}});
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.succeeded, 4);
  EXPECT_EQ(result.failed, 0);
  EXPECT_EQ(result.costs.Quantile(500), milliseconds(2));
  EXPECT_EQ(result.costs.Quantile(1000), milliseconds(10));
}

TEST(NeutralAnswers, AreToldToThePolicyAsSuch) {
  const Scenario scenario = AnswersBurst(
      2, {{.neutral_rate = 1, .neutral_after = milliseconds(2)}, {}});
  static_cast<void>(Simulate(scenario, RecordingPolicy::Info(), 1));
  EXPECT_EQ(
      RecordingPolicy::Events(),
      (std::vector<RecordedEvent>{{"neutral", 0, els::Outcome::kNeutral,
                                   milliseconds(2), Time(milliseconds(2))},
                                  {"finish", 1, els::Outcome::kSuccess,
                                   milliseconds(10), Time(milliseconds(10))}}));
}

TEST(NeutralAnswers, AreThePartOfTheRequestsThatTheScenarioSays) {
  const Scenario scenario =
      AnswersBurst(10'000, {{.slots = 10'000, .neutral_rate = 0.3}});
  static_cast<void>(Simulate(scenario, RecordingPolicy::Info(), 1));
  double neutral = 0;
  for (const auto& event : RecordingPolicy::Events()) {
    if (event.outcome == els::Outcome::kNeutral) ++neutral;
  }
  EXPECT_NEAR(neutral, 3000, 4 * std::sqrt(10'000 * 0.3 * 0.7));
}

TEST(NeutralAnswers, FollowThePhaseWhereItSaysHowMany) {
  ServerPlan server = {.phases = {{.until = milliseconds(5), .slowness = 2},
                                  {.from = milliseconds(5), .neutral_rate = 0}},
                       .neutral_rate = 1};
  EXPECT_EQ(NeutralRateAt(server, milliseconds(4)), 1);
  EXPECT_EQ(NeutralRateAt(server, milliseconds(5)), 0);
  server.phases[1].until = milliseconds(6);
  EXPECT_EQ(NeutralRateAt(server, milliseconds(6)), 1);
}

TEST(NeutralAnswers, DoNotReplaceFailures) {
  const Scenario scenario =
      AnswersBurst(100, {{.phases = {{.failure_rate = 1}}, .neutral_rate = 1}});
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).failed, 100);
}

// 1000 requests a second, of which four servers get a quarter each.
Scenario NotFound() {
  Scenario scenario = AnswersBurst(0, {{.slots = 8, .neutral_rate = 1},
                                       {.slots = 8},
                                       {.slots = 8},
                                       {.slots = 8}});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 1000};
  return scenario;
}

// An answer that comes at once is a quick one to whoever counts what is
// outstanding, or latencies; els is told that it says nothing.
TEST(NeutralAnswers, DrawAllToTheirServerUnlessToldToSayNothing) {
  EXPECT_GT(AnswersShare(NotFound(), "least-outstanding"), 0.4);
  EXPECT_GT(AnswersShare(NotFound(), "peak-ewma"), 0.4);
  EXPECT_LT(AnswersShare(NotFound(), "els"), 0.3);
}

TEST(NeutralAnswers, AreFailedCallsToBrpc) {
  EXPECT_LT(AnswersShare(NotFound(), "brpc-la"), 0.1);
  EXPECT_LT(AnswersShare(NotFound(), "brpc-p2c"), 0.1);
}

// Cuts everything off, 3 ms after the first byte.
ServerPlan Cutting() {
  return {.phases = {{.cut_rate = 1}}, .cut_after = milliseconds(3)};
}

TEST(CutAnswers, FailTheirRequestWhenTheyAreCutOffAndAreNotRetried) {
  Scenario scenario = AnswersBurst(2, {Cutting(), {}});
  scenario.retries.most = 1;
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.failed, 1);
  EXPECT_EQ(result.succeeded, 1);
  EXPECT_EQ(result.picks, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(result.costs.Quantile(1000), milliseconds(1013));
  EXPECT_EQ(result.end, Time(milliseconds(13)));
}

TEST(CutAnswers, TakeTheirSlotAsLongAsTheyAreServed) {
  const Result result =
      Simulate(AnswersBurst(2, {Cutting()}), Named("round-robin"), 1);
  EXPECT_EQ(result.end, Time(milliseconds(23)));
}

TEST(CutAnswers, AreToldAtTheirFirstByteAndAtTheirEnd) {
  static_cast<void>(
      Simulate(AnswersBurst(1, {Cutting()}), RecordingPolicy::Info(), 1));
  EXPECT_EQ(
      RecordingPolicy::Events(),
      (std::vector<RecordedEvent>{{"answered", 0, els::Outcome::kSuccess,
                                   milliseconds(10), Time(milliseconds(10))},
                                  {"finish", 0, els::Outcome::kFailure,
                                   milliseconds(13), Time(milliseconds(13))}}));
}

TEST(CutAnswers, AreSuccessesToWhoeverHearsTheFirstByteAlone) {
  static_cast<void>(
      Simulate(AnswersBurst(1, {Cutting()}), RecordingPolicy::Info(true), 1));
  EXPECT_EQ(
      RecordingPolicy::Events(),
      (std::vector<RecordedEvent>{{"finish", 0, els::Outcome::kSuccess,
                                   milliseconds(10), Time(milliseconds(10))}}));
}

TEST(CutAnswers, AreNotGivenUpAfterTheirFirstByte) {
  Scenario scenario = AnswersBurst(1, {Cutting()});
  scenario.timeout = milliseconds(11);
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.timed_out, 0);
  EXPECT_EQ(result.failed, 1);
  scenario.timeout = milliseconds(9);
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).timed_out, 1);
}

// 1000 requests a second, of which four servers get a quarter each.
TEST(CutAnswers, DriveElsAwayAndNotThoseWhoCountWhatIsOutstanding) {
  Scenario scenario =
      AnswersBurst(0, {{.slots = 8, .phases = {{.cut_rate = 1}}},
                       {.slots = 8},
                       {.slots = 8},
                       {.slots = 8}});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 1000};
  EXPECT_LT(AnswersShare(scenario, "els"), 0.05);
  EXPECT_GT(AnswersShare(scenario, "least-outstanding"), 0.2);
  EXPECT_GT(AnswersShare(scenario, "linkerd-ewma-penalty"), 0.2);
}

// Streams everything for 100 ms in the mean.
ServerPlan Streaming(double slots = 0) {
  return {.streams =
              AnswerStreams{.mean_length = milliseconds(100), .slots = slots}};
}

TEST(Streams, CountUntilTheirFirstByteAndEndLater) {
  const Scenario scenario = AnswersBurst(2, {Streaming()});
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(result.succeeded, 2);
  EXPECT_EQ(result.costs.Quantile(500), milliseconds(10));
  EXPECT_EQ(result.costs.Quantile(1000), milliseconds(20));
  EXPECT_GT(result.end, Time(milliseconds(30)));
  Simulate(scenario, Named("round-robin"), 1, [](const Ended& ended) {
    EXPECT_EQ(ended.end, Time(milliseconds(10 + 10 * ended.number)));
  });
}

TEST(Streams, AreToldAtTheirFirstByteAndAtTheirEnd) {
  const Scenario scenario = AnswersBurst(1, {Streaming()});
  const Time end = Simulate(scenario, RecordingPolicy::Info(), 1).end;
  EXPECT_EQ(
      RecordingPolicy::Events(),
      (std::vector<RecordedEvent>{
          {"answered", 0, els::Outcome::kSuccess, milliseconds(10),
           Time(milliseconds(10))},
          {"finish", 0, els::Outcome::kSuccess, end.time_since_epoch(), end}}));
  static_cast<void>(Simulate(scenario, RecordingPolicy::Info(true), 1));
  EXPECT_EQ(
      RecordingPolicy::Events(),
      (std::vector<RecordedEvent>{{"finish", 0, els::Outcome::kSuccess,
                                   milliseconds(10), Time(milliseconds(10))}}));
}

TEST(Streams, AreAsManyAndAsLongAsTheScenarioSays) {
  ServerPlan server = Streaming();
  server.slots = 10'000;
  server.streams->part = 0.3;
  static_cast<void>(
      Simulate(AnswersBurst(10'000, {server}), RecordingPolicy::Info(), 1));
  double streams = 0;
  double length_ms = 0;
  for (const RecordedEvent& event : RecordingPolicy::Events()) {
    if (event.latency == milliseconds(10))
      continue;  // Its begin, or no stream.
    ++streams;
    length_ms +=
        FractionalDuration(event.latency - milliseconds(10)) / milliseconds(1);
  }
  EXPECT_NEAR(streams, 3000, 4 * std::sqrt(10'000 * 0.3 * 0.7));
  EXPECT_NEAR(length_ms / streams, 100, 4 * 100 / std::sqrt(3000));
}

TEST(Streams, AreNotGivenUpAfterTheirFirstByte) {
  Scenario scenario = AnswersBurst(1, {Streaming()});
  scenario.timeout = milliseconds(11);
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).succeeded, 1);
}

// At once two of two slots are taken, one by each stream, until it ends.
TEST(Streams, TakeTheSlotsThatTheScenarioSays) {
  Scenario scenario = AnswersBurst(3, {Streaming(1)});
  const Result whole = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_EQ(whole.costs.Quantile(1000), milliseconds(30)) << "one is left";
  scenario.servers[0].slots = 2;
  // 10 ms for the first two, and the third waits for none: one slot is left.
  EXPECT_EQ(Simulate(scenario, Named("round-robin"), 1).costs.Quantile(1000),
            milliseconds(20));
}

TEST(Streams, LetUsersWaitForTheirEnd) {
  Scenario scenario = AnswersBurst(0, {Streaming()});
  scenario.arrivals = ClosedArrivals{.users = 1, .requests = 1000};
  const Result result = Simulate(scenario, Named("round-robin"), 1);
  EXPECT_NEAR(FractionalDuration(result.end.time_since_epoch()) / seconds(1),
              110, 4 * 0.1 * std::sqrt(1000));
}

// Half of the servers stream, at no cost. Whoever counts what is outstanding
// leaves them; els counts little of what has been answered.
TEST(Streams, DriveAwayWhoeverCountsThemAsOutstanding) {
  ServerPlan streaming = {.slots = 8,
                          .streams = AnswerStreams{.mean_length = seconds(2)}};
  Scenario scenario =
      AnswersBurst(0, {streaming, streaming, {.slots = 8}, {.slots = 8}});
  scenario.arrivals = OpenArrivals{.length = seconds(20), .rate = 1000};
  EXPECT_LT(AnswersShare(scenario, "least-outstanding"), 0.05);
  EXPECT_GT(AnswersShare(scenario, "linkerd-ewma"), 0.2);
}

}  // namespace
}  // namespace els_sim
