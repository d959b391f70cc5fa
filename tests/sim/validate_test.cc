#include "sim/theory/validate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "sim/model/policy.h"

namespace els_sim {
namespace {

std::vector<ValidationCase> QuickCases() {
  std::vector<ValidationCase> quick;
  for (const ValidationCase& each : ValidationCases()) {
    if (each.quick) quick.push_back(each);
  }
  return quick;
}

TEST(Judge, PassesWithinFourStandardErrors) {
  const Reference two = {.value = 2};
  EXPECT_EQ(VerdictOf(two, {2.039, 0.01}), Verdict::kPass);
  EXPECT_EQ(VerdictOf(two, {1.961, 0.01}), Verdict::kPass);
  EXPECT_EQ(VerdictOf(two, {2.041, 0.01}), Verdict::kFail);
  EXPECT_EQ(VerdictOf(two, {1.959, 0.01}), Verdict::kFail);
}

TEST(Judge, AllowsForWhatTheReferenceMayBeOff) {
  const Reference two = {.value = 2, .allowance = 0.05};
  EXPECT_EQ(VerdictOf(two, {2.089, 0.01}), Verdict::kPass);
  EXPECT_EQ(VerdictOf(two, {2.091, 0.01}), Verdict::kFail);
}

TEST(Judge, DoesNotPassWhatIsLessPreciseThanOnePercent) {
  const Reference two = {.value = 2};
  EXPECT_EQ(VerdictOf(two, {2, 0.0199}), Verdict::kPass);
  EXPECT_EQ(VerdictOf(two, {2, 0.0201}), Verdict::kImprecise);
  EXPECT_EQ(VerdictOf(two, {2.2, 0.0201}), Verdict::kFail);
}

TEST(Judge, DoesNotPassWhatIsNoNumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(VerdictOf({.value = 2}, {nan, 0.01}), Verdict::kPass);
  EXPECT_NE(VerdictOf({.value = 2}, {2, nan}), Verdict::kPass);
}

TEST(Judge, ReportsWhatIsNotToBeJudged) {
  const Reference two = {.value = 2, .judged = false};
  EXPECT_EQ(VerdictOf(two, {2, 0.001}), Verdict::kReported);
  EXPECT_EQ(VerdictOf(two, {9, 0.001}), Verdict::kReported);
}

TEST(AllPass, IsFalseOfAnythingThatIsJudgedAndDoesNotPass) {
  EXPECT_TRUE(
      AllPass({{.verdict = Verdict::kPass}, {.verdict = Verdict::kReported}}));
  EXPECT_FALSE(
      AllPass({{.verdict = Verdict::kPass}, {.verdict = Verdict::kFail}}));
  EXPECT_FALSE(AllPass({{.verdict = Verdict::kImprecise}}));
}

TEST(RenderValidation, IsATableAndTheCounts) {
  const std::string text = RenderValidation(
      {{.name = "one mean",
        .reference = {.value = 2, .source = "a book", .allowance = 0.5},
        .estimate = {.value = 2.25, .standard_error = 0.125},
        .verdict = Verdict::kPass},
       {.name = "another p99",
        .reference = {.value = 10, .source = "theory"},
        .estimate = {.value = 9, .standard_error = 0.1},
        .verdict = Verdict::kFail}});
  EXPECT_EQ(text,
            "case         source     theory    +-own  estimate     +-SE "
            "diff/SE  verdict\n"
            "one mean     a book    2.00000  0.50000   2.25000  0.12500 "
            "  +2.00  pass\n"
            "another p99  theory   10.00000  0.00000   9.00000  0.10000 "
            " -10.00  FAIL\n"
            "\n"
            "pass 1\n"
            "FAIL 1\n");
}

TEST(ValidationCases, HaveNamesOfTheirOwnAndKnownPolicies) {
  std::set<std::string> names;
  for (const ValidationCase& each : ValidationCases()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_NE(FindPolicy(each.policy), nullptr) << each.name;
    EXPECT_FALSE(each.references.empty()) << each.name;
  }
}

TEST(ValidationCases, ShareNoSeeds) {
  std::uint64_t next = 1;
  for (const ValidationCase& each : ValidationCases()) {
    EXPECT_GE(each.seeds.first, next) << each.name;
    next = each.seeds.first + each.seeds.count;
  }
}

TEST(ValidationCases, MeasureAfterAWarmUpAndWhileRequestsStillArrive) {
  for (const ValidationCase& each : ValidationCases()) {
    ASSERT_EQ(each.scenario.windows.size(), 1) << each.name;
    const Window& window = each.scenario.windows[0];
    const auto& arrivals = std::get<OpenArrivals>(each.scenario.arrivals);
    EXPECT_GE(window.from, 20 * each.scenario.sizes.mean) << each.name;
    EXPECT_LT(window.from, window.until) << each.name;
    EXPECT_LE(window.until, arrivals.length) << each.name;
  }
}

// So that a run of them all takes minutes: 2.5 on two cores at a million
// requests per second each.
TEST(ValidationCases,
     AreThreeHundredMillionRequestsAndTheQuickOnesFewerThanFourteen) {
  double all = 0;
  double quick = 0;
  for (const ValidationCase& each : ValidationCases()) {
    const auto& arrivals = std::get<OpenArrivals>(each.scenario.arrivals);
    const double requests = FractionalDuration(arrivals.length) /
                            std::chrono::seconds(1) * *arrivals.rate *
                            static_cast<double>(each.seeds.count);
    all += requests;
    if (each.quick) quick += requests;
  }
  EXPECT_NEAR(all, 300e6, 20e6);
  EXPECT_LT(quick, 14e6);
}

TEST(Validate, GivesARowForEachReferenceInOrderWhateverTheThreads) {
  std::vector<ValidationCase> cases = QuickCases();
  cases.resize(2);
  cases[0].seeds.count = 2;
  cases[1].seeds.count = 3;
  std::size_t runs = 0;
  const auto rows = Validate(cases, 2, [&runs] { ++runs; });
  EXPECT_EQ(runs, 5);
  EXPECT_EQ(CountRuns(cases), 5);
  ASSERT_EQ(rows.size(),
            cases[0].references.size() + cases[1].references.size());
  EXPECT_EQ(rows[0].name, cases[0].name + " mean");
  EXPECT_EQ(rows[3].name, cases[0].name + " p99");
  EXPECT_EQ(rows[4].name, cases[1].name + " mean");
  EXPECT_EQ(RenderValidation(rows), RenderValidation(Validate(cases, 1)));
}

// The seeds are fixed, and so is the result. Four standard errors of twenty
// replications are exceeded by chance once in 1300 times.
TEST(Simulator, AgreesWithTheoryWhereThatIsQuickToSee) {
  const std::vector<ValidationRow> rows = Validate(QuickCases(), 2);
  EXPECT_TRUE(AllPass(rows)) << RenderValidation(rows);
}

}  // namespace
}  // namespace els_sim
