#include "sim/results/contest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/files/catalogue.h"
#include "sim/model/simulate.h"
#include "sim/results/contest_report.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;

TEST(RunContest, FindsWhatTheHandCalculates) {
  const Contest contest = RunContest(SmallPlan(), 2);
  ASSERT_EQ(contest.entries.size(), 2);
  const Entry& round_robin = contest.entries[1][0];
  EXPECT_DOUBLE_EQ(round_robin.mean_s, 0.2);
  EXPECT_EQ(round_robin.costs_s, (std::vector<double>{0.2, 0.2, 0.2}));
  EXPECT_EQ(QuantileOf(round_robin, 500), milliseconds(100));
  EXPECT_EQ(QuantileOf(round_robin, 990), milliseconds(300));
  EXPECT_EQ(round_robin.requests, 6);
  EXPECT_DOUBLE_EQ(AttemptsPerRequest(round_robin), 1);
  EXPECT_EQ(ErrorRate(round_robin), 0);
  const Entry& shortest = contest.entries[1][1];
  EXPECT_DOUBLE_EQ(shortest.mean_s, 0.1);
  EXPECT_NEAR(shortest.to_base.Ratio(), 0.5, 1e-12);
  EXPECT_NEAR(shortest.to_base.half_width.value(), 0, 1e-12);
  EXPECT_EQ(shortest.score, Score::kLoss);
  EXPECT_EQ(contest.entries[0][1].score, Score::kTie);
  EXPECT_EQ(contest.entries[0][1].to_base.Ratio(), 1);
}

TEST(RunContest, TakesGeometricMeansOverTheScenarios) {
  // Ratios 1 and 1/2: the mean is 1 / sqrt(2).
  const Contest contest = RunContest(SmallPlan(), 1);
  const Standing& shortest = contest.standings[1];
  EXPECT_NEAR(shortest.to_base.Ratio(), 0.70710678, 1e-8);
  EXPECT_NEAR(shortest.to_yardstick->Ratio(), 1, 1e-12);
  EXPECT_NEAR(contest.standings[0].to_yardstick->Ratio(), 1.41421356, 1e-8);
  EXPECT_EQ(contest.standings[0].to_base.Ratio(), 1);
  EXPECT_EQ(shortest.wins, 0);
  EXPECT_EQ(shortest.ties, 1);
  EXPECT_EQ(shortest.losses, 1);
}

TEST(RunContest, TurnsTheScoreWithTheBase) {
  ContestPlan plan = SmallPlan();
  plan.base = 1;
  const Contest contest = RunContest(plan, 1);
  EXPECT_NEAR(contest.entries[1][0].to_base.Ratio(), 2, 1e-12);
  EXPECT_EQ(contest.entries[1][0].score, Score::kWin);
  EXPECT_EQ(contest.standings[0].wins, 1);
}

TEST(RunContest, HasNoYardstickIfThatDoesNotTakePart) {
  ContestPlan plan = SmallPlan();
  plan.policies = {FindPolicy("round-robin"), FindPolicy("random")};
  EXPECT_FALSE(RunContest(plan, 1).standings[0].to_yardstick.has_value());
}

// One server of a slot, too slow by half: the later a request comes, the longer
// it waits.
TEST(RunContest, LeavesOutTheWarmUpOfWhatIsSteady) {
  Scenario steady = TwoRequests("steady", {{}});
  steady.servers[0].discipline = Discipline::kSlots;
  steady.arrivals = OpenArrivals{
      .length = std::chrono::seconds(1), .gaps = Gaps::kConstant, .rate = 20};
  ContestPlan plan = SmallPlan();
  plan.scenarios = {steady, TwoRequests("burst", {{}})};
  const Contest whole = RunContest(plan, 1);
  // Each 50 ms after the last, and each waits 50 ms more. Ten come before, in
  // each of the three runs.
  plan.warm_up = milliseconds(500);
  const Contest late = RunContest(plan, 1);
  EXPECT_EQ(late.entries[0][0].requests, whole.entries[0][0].requests - 30);
  EXPECT_EQ(late.entries[0][0].attempts, late.entries[0][0].requests);
  EXPECT_NEAR(late.entries[0][0].mean_s, whole.entries[0][0].mean_s + 0.25,
              1e-9);
  // The burst is not steady.
  EXPECT_EQ(late.entries[1][0].requests, 6);
  EXPECT_EQ(WarmUpText(whole), "Whole runs count, from the first request on.");
  EXPECT_EQ(WarmUpText(late),
            "The first 500 ms of the 1 steady scenarios do not count; of the "
            "others all does.");
}

TEST(IsSteady, IsAStreamDuringWhichNothingHappens) {
  const auto steady = [](const char* name) {
    return IsSteady(*FindScenario(name), std::chrono::seconds(10));
  };
  EXPECT_TRUE(steady("equal"));
  EXPECT_TRUE(steady("slow"));  // From the start on, and for good.
  EXPECT_FALSE(steady("silent"));
  EXPECT_FALSE(steady("load-ramp"));
  EXPECT_FALSE(steady("spotify"));        // A burst.
  EXPECT_FALSE(steady("one-big-spike"));  // Over at once.
}

// A verdict that one scenario alone would give is lost among many that say
// nothing.
TEST(RunContest, RaisesTheBarByTheNumberOfScenarios) {
  ContestPlan plan = {.scenarios = {*FindScenario("equal")},
                      .policies = {FindPolicy("els"), FindPolicy("random")},
                      .base = 0,
                      .seeds = {.first = 1, .count = 2}};
  std::get<OpenArrivals>(plan.scenarios[0].arrivals).load = 0.7;
  const Contest alone = RunContest(plan, 1);
  const double p = alone.entries[0][1].to_base.p_value.value();
  ASSERT_LT(p, 0.05);
  ASSERT_GT(p, 0.005);
  EXPECT_EQ(alone.entries[0][1].score, Score::kWin);
  while (static_cast<double>(plan.scenarios.size()) * p < 0.05) {
    plan.scenarios.push_back(SmallPlan().scenarios[0]);
  }
  const Contest crowded = RunContest(plan, 1);
  EXPECT_EQ(crowded.entries[0][1].to_base.p_value, p);
  EXPECT_EQ(crowded.entries[0][1].score, Score::kTie);
}

TEST(RunContest, CountsFailuresAsTheScenarioSays) {
  ContestPlan plan = SmallPlan();
  plan.scenarios = {TwoRequests("fails", {{.phases = {{.failure_rate = 1}}}})};
  const Contest contest = RunContest(plan, 1);
  // Each fails after 1 ms and costs 1 s more.
  EXPECT_DOUBLE_EQ(contest.entries[0][0].mean_s, 1.001);
  EXPECT_EQ(ErrorRate(contest.entries[0][0]), 1);
}

ContestPlan FromTheCatalogue() {
  return {.scenarios = {*FindScenario("spotify"), *FindScenario("silent")},
          .policies = {FindPolicy("p2c"), FindPolicy("els")},
          .base = 1,
          .seeds = {.first = 3, .count = 4},
          .with_timelines = true};
}

TEST(RunContest, IsTheSameWithAnyNumberOfThreads) {
  const std::string expected = ContestJson(RunContest(FromTheCatalogue(), 1));
  int runs = 0;
  EXPECT_EQ(ContestJson(RunContest(FromTheCatalogue(), 3, [&runs] { ++runs; })),
            expected);
  EXPECT_EQ(runs, 16);
  EXPECT_EQ(CountRuns(FromTheCatalogue()), 16);
}

TEST(RunContest, GivesEachSeedTheCostOfItsOwnRun) {
  const Contest contest = RunContest(FromTheCatalogue(), 2);
  for (std::uint64_t seed = 3; seed <= 6; ++seed) {
    const Result result =
        Simulate(*FindScenario("silent"), *FindPolicy("p2c"), seed);
    EXPECT_DOUBLE_EQ(contest.entries[1][0].costs_s[seed - 3],
                     result.costs.Mean() / std::chrono::seconds(1));
  }
}

TEST(RunContest, KeepsATimelineOfTheFirstSeedIfAsked) {
  const Contest contest = RunContest(FromTheCatalogue(), 2);
  const auto& timeline = contest.entries[1][0].timeline;
  ASSERT_TRUE(timeline.has_value());
  std::uint64_t requests = 0;
  for (const Timeline::Step& step : timeline->steps()) {
    requests += step.requests;
  }
  const Result result =
      Simulate(*FindScenario("silent"), *FindPolicy("p2c"), 3);
  EXPECT_EQ(requests, result.costs.count());
  EXPECT_FALSE(RunContest(SmallPlan(), 1).entries[0][0].timeline.has_value());
}

TEST(LoadOf, IsEmptyWhereThereIsARateOrNoStream) {
  EXPECT_EQ(LoadOf({.arrivals = OpenArrivals{.load = 0.25}}), 0.25);
  EXPECT_EQ(LoadOf({.arrivals = OpenArrivals{.rate = 10}}), std::nullopt);
  EXPECT_EQ(LoadOf({.arrivals = BurstArrivals{}}), std::nullopt);
}

}  // namespace
}  // namespace els_sim
