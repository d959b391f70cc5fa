#include "sim/tuning/tune.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "els/options_text.h"
#include "els/portable_math.h"
#include "sim/model/simulate.h"
#include "sim/policies/expected_latency.h"
#include "sim/tuning/tune_page.h"
#include "sim/tuning/tune_report.h"
#include "tests/sim/tune_setup.h"

namespace els_sim {
namespace {

std::string Report(const TunePlan& plan, const TuneResult& result) {
  return RenderTune(plan, result) + TunedOptionsText(plan, result, {}) +
         TunePageData(plan, result);
}

TuneResult Tuned(const TunePlan& plan, std::size_t threads = 2) {
  auto result = Tune(plan, {.threads = threads});
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

double MeanCost(const Scenario& scenario, const PolicyInfo& policy,
                std::uint64_t seed) {
  return Simulate(scenario, policy, seed).costs.Mean().count();
}

TEST(Tune, DoesNotDependOnTheNumberOfThreads) {
  const TunePlan plan = SmallTune();
  EXPECT_EQ(Report(plan, Tuned(plan, 1)), Report(plan, Tuned(plan, 7)));
}

TEST(Tune, BeginsWithTheStartAndThePointsOfSobol) {
  TunePlan plan = SmallTune();
  plan.polish = 0;
  const TuneResult result = Tuned(plan);
  ASSERT_EQ(result.points.size(), 10);
  EXPECT_EQ(result.points[0].stage, TuneStage::kStart);
  EXPECT_EQ(result.points[0].values, StartValues(plan));
  EXPECT_EQ(result.points[0].above_start, 0);
  // The middle of 100 ms to 10 s is 1 s.
  EXPECT_EQ(result.points[1].values[0], 1);
  // Nine points with one seed, three of them with three, the best with all.
  for (const TunePoint& point : result.points) {
    EXPECT_TRUE(point.seeds == 1 || point.seeds == 3 || point.seeds == 9);
  }
  const auto with = [&result](std::size_t seeds) {
    return std::count_if(
        result.points.begin(), result.points.end(),
        [seeds](const TunePoint& point) { return point.seeds >= seeds; });
  };
  EXPECT_GE(with(3), 3);
  EXPECT_LE(with(3), 4);
  EXPECT_GE(with(9), 1);
  EXPECT_LE(with(9), 2);
}

TEST(Tune, FindsWhatIsBetterThanABadStart) {
  TunePlan plan = SmallTune();
  // The slow server is picked far too often.
  plan.start = *els::ParseOptions("turn_limit = 0.85\nturn_slope = 10");
  plan.options = {*ParseTunedOption("turn_limit=0.01..0.9", plan.start)};
  const TuneResult result = Tuned(plan);
  EXPECT_NE(result.chosen, 0);
  EXPECT_LT(result.points[result.chosen].values[0], 0.8);
  const FinalRow& row = result.rows[0];
  EXPECT_LT(row.tuned_ms, row.start_ms);
  EXPECT_LT(row.to_start.mean, 0);
  EXPECT_EQ(row.score, Score::kWin);
}

TEST(Tune, SaysWhatHalfAndTwiceAValueCost) {
  const TunePlan plan = SmallTune();
  const TuneResult result = Tuned(plan);
  const Scenario& scenario = plan.scenarios[0].scenario;
  const Values& tuned = result.points[result.chosen].values;
  const Sensitivity& sensitivity = result.sensitivities[0];
  ASSERT_TRUE(sensitivity.half.has_value() && sensitivity.twice.has_value());
  EXPECT_DOUBLE_EQ(sensitivity.half->value, tuned[0] / 2);
  EXPECT_DOUBLE_EQ(sensitivity.twice->value, tuned[0] * 2);
  const auto as_tuned = WithValues(plan.start, plan.options, tuned);
  const auto changed =
      WithValues(plan.start, plan.options, {tuned[0] * 2, tuned[1]});
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 9; ++seed) {
    sum += els::Log(MeanCost(scenario, WithOptions(*changed), seed) /
                    MeanCost(scenario, WithOptions(*as_tuned), seed));
  }
  EXPECT_NEAR(sensitivity.twice->cost.mean, sum / 9, 1e-12);
  // There is but one.
  EXPECT_EQ(sensitivity.twice->scenario, 0);
  EXPECT_EQ(sensitivity.twice->there.mean, sensitivity.twice->cost.mean);
}

TEST(Tune, ComparesWithSeedsThatTheSearchHasNotSeen) {
  const TunePlan plan = SmallTune();
  const TuneResult result = Tuned(plan);
  double sum = 0;
  for (std::uint64_t seed = 10; seed <= 18; ++seed) {
    sum += MeanCost(plan.scenarios[2].scenario, WithOptions(plan.start), seed);
  }
  EXPECT_DOUBLE_EQ(result.rows[2].start_ms, sum / 9 / 1e6);
}

TEST(Tune, JudgesByTheLogarithmOfTheCostToTheYardsticks) {
  TunePlan plan = SmallTune();
  plan.worst_weight = 0.5;
  plan.polish = 0;
  plan.scenarios[2].role = Role::kTrain;
  const TuneResult result = Tuned(plan);
  const TunePoint& best = result.points[result.best];
  ASSERT_EQ(best.seeds, 9);
  const auto options = WithValues(plan.start, plan.options, best.values);
  double means[2] = {0, 0};
  for (std::uint64_t seed = 1; seed <= 9; ++seed) {
    for (const std::size_t i : {0, 2}) {
      const Scenario& scenario = plan.scenarios[i].scenario;
      means[i / 2] += els::Log(MeanCost(scenario, WithOptions(*options), seed) /
                               MeanCost(scenario, *plan.yardstick, seed)) /
                      9;
    }
  }
  const double mean = (means[0] + means[1]) / 2;
  EXPECT_NEAR(best.judgement.log_cost, mean, 1e-12);
  EXPECT_NEAR(best.judgement.objective,
              mean + 0.5 * std::max(means[0], means[1]), 1e-12);
}

// A search for the worst, so that only the constraints hold it back: with this
// weight, what is to be small is minus twice the logarithm of the cost.
TunePlan SearchForTheWorst(Role role_of_the_slower) {
  TunePlan plan = SmallTune();
  plan.worst_weight = -3;
  plan.scenarios[1].role = role_of_the_slower;
  plan.start = *els::ParseOptions("turn_limit = 0.2\nturn_slope = 10");
  plan.options = {*ParseTunedOption("turn_limit=0.01..0.9", plan.start)};
  return plan;
}

TEST(Tune, ChoosesNothingThatCostsMoreWhereItMayNot) {
  const auto cost_of_the_slower = [](Role role) {
    const TunePlan plan = SearchForTheWorst(role);
    const TuneResult result = Tuned(plan);
    const auto options = WithValues(plan.start, plan.options,
                                    result.points[result.chosen].values);
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 9; ++seed) {
      const Scenario& scenario = plan.scenarios[1].scenario;
      sum += els::Log(MeanCost(scenario, WithOptions(*options), seed) /
                      MeanCost(scenario, WithOptions(plan.start), seed));
    }
    return sum / 9;
  };
  EXPECT_GT(cost_of_the_slower(Role::kHoldOut), els::Log(1.2));
  EXPECT_LE(cost_of_the_slower(Role::kConstraint), els::Log(1.05));
}

TEST(Tune, ChoosesNothingThatFailsMoreInATrainScenario) {
  const auto errors = [](double slack) {
    TunePlan plan = SearchForTheWorst(Role::kHoldOut);
    plan.slack = slack;
    for (const std::size_t i : {0, 1}) {
      plan.scenarios[i].scenario.servers[0].phases = {{.failure_rate = 0.9}};
    }
    const TuneResult result = Tuned(plan);
    const auto rate = [&result](std::size_t point) {
      return result.points[point].judgement.error_rate;
    };
    return rate(result.chosen) / rate(0);
  };
  EXPECT_GT(errors(100), 1.5);
  EXPECT_LE(errors(0.05), 1.06);
}

class TuneJournal : public testing::Test {
 protected:
  TuneJournal() { std::remove(path_.c_str()); }
  ~TuneJournal() override { std::remove(path_.c_str()); }

  // Begins the search of the plan, and stops it after so many simulations.
  void BeginAndStop(const TunePlan& plan, int runs) const {
    auto journal =
        Journal::Create(path_, {.start = els::PrintOptions(plan.start)});
    ASSERT_TRUE(journal.ok()) << journal.status();
    std::atomic<int> done = 0;
    const auto result = Tune(plan, {.threads = 2,
                                    .journal = journal->get(),
                                    .on_run = [&done] { ++done; },
                                    .stopped = [&] { return done >= runs; }});
    EXPECT_TRUE(absl::IsCancelled(result.status())) << result.status();
  }

  // Tests run side by side.
  const std::string path_ =
      testing::TempDir() + "/tune_journal_" + std::to_string(getpid());
};

TEST_F(TuneJournal, GoesOnWhereItWasStopped) {
  const TunePlan plan = SmallTune();
  BeginAndStop(plan, 150);
  const auto known = ReadJournal(path_);
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_GE(known->runs.size(), 150);
  auto journal = Journal::Continue(path_, *known);
  ASSERT_TRUE(journal.ok()) << journal.status();
  std::size_t runs = 0;
  const auto rest = Tune(
      plan,
      {.threads = 2, .journal = journal->get(), .on_run = [&runs] { ++runs; }},
      &*known);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(Report(plan, *rest), Report(plan, Tuned(plan)));
  // Each was done once, in one of the two.
  const auto all = ReadJournal(path_);
  EXPECT_EQ(all->runs.size(), known->runs.size() + runs);
}

TEST_F(TuneJournal, IsRefusedIfTheScenarioHasChanged) {
  TunePlan plan = SmallTune();
  BeginAndStop(plan, 10);
  const auto known = ReadJournal(path_);
  ASSERT_TRUE(known.ok()) << known.status();
  plan.scenarios[0].scenario.servers[0].phases[0].slowness = 11;
  const auto result = Tune(plan, {.threads = 1}, &*known);
  EXPECT_NE(result.status().message().find("slow with seed 1 does not go"),
            absl::string_view::npos)
      << result.status();
}

TEST(TunedOptions, AreReadBackByTheLibrary) {
  const TunePlan plan = SmallTune();
  TuneResult result = Tuned(plan);
  result.points[result.chosen].values = {0.25, 0.5};
  const std::string text =
      TunedOptionsText(plan, result, {"slow", "--seeds", "9"});
  EXPECT_EQ(text.find("# Tuned by: els-sim tune slow --seeds 9\n"), 0) << text;
  const auto options = els::ParseOptions(text);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->latency_memory, std::chrono::milliseconds(250));
  EXPECT_EQ(options->turn_limit, 0.5);
  EXPECT_EQ(options->turn_slope, els::Options().turn_slope);
}

TEST(TuneReport, SaysLoudlyWhichConstraintIsBroken) {
  const TunePlan plan = SmallTune();
  TuneResult result = Tuned(plan);
  for (FinalRow& row : result.rows) row.violation = 0.1;
  const std::string text = RenderTune(plan, result);
  EXPECT_NE(text.find("BROKEN in slow: "), std::string::npos) << text;
  EXPECT_NE(text.find("BROKEN in slower: "), std::string::npos) << text;
  EXPECT_EQ(text.find("BROKEN in even: "), std::string::npos) << text;
  EXPECT_NE(TunePage(plan, result).find("<li>BROKEN in slower: "),
            std::string::npos);
  for (FinalRow& row : result.rows) row.violation = 0;
  EXPECT_NE(RenderTune(plan, result).find("all kept"), std::string::npos);
}

TEST(TunePage, HasEveryPointAndTheHoldOutTable) {
  const TunePlan plan = SmallTune();
  const TuneResult result = Tuned(plan);
  const auto data = boost::json::parse(TunePageData(plan, result));
  EXPECT_EQ(data.at("points").as_array().size(), result.points.size());
  EXPECT_EQ(data.at("options").at(0).at("name").as_string(), "latency_memory");
  const std::string page = TunePage(plan, result);
  EXPECT_NE(page.find("<tr><th scope=\"row\">even</th><td>hold-out</td>"),
            std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
