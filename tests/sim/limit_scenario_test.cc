// A limit in a scenario's file, and what a report says of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sim/files/scenario_file.h"
#include "sim/model/policy.h"
#include "sim/results/compare.h"
#include "sim/results/report.h"

namespace els_sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScenario = R"(
description = "two slots for four"
arrivals = { kind = "constant", length = "2s", rate = 200 }
sizes = { shape = "constant", mean = "20ms" }
servers = [{ slots = 2 }]
windows = [{ name = "all", from = "0s", until = "2s" }]
[access_points]
)";

absl::StatusOr<Scenario> Read(const std::string& access_points) {
  return ParseScenario(kScenario + access_points, "limited.toml",
                       [](const std::string&) -> absl::StatusOr<std::string> {
                         return absl::NotFoundError("none");
                       });
}

std::string ErrorOf(const std::string& access_points) {
  return std::string(Read(access_points).status().message());
}

std::string ReportOf(const Scenario& scenario,
                     const std::vector<std::string>& limits = {}) {
  const std::vector<const PolicyInfo*> policies = {FindPolicy("round-robin")};
  return Compare(scenario, policies, {.first = 1, .count = 1}, 1, nullptr,
                 {.limits = limits});
}

TEST(LimitScenario, IsReadWithItsOptionsAndPriorities) {
  const auto scenario = Read(
      "limit = \"els\"\n"
      "limit_options = { initial_limit = 3, highest_limit = 50, tolerance = 4,"
      " window = \"1s\", baseline_windows = 10 }\n"
      "priorities = { sheddable = 0.5, critical = 0.25 }\n");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->limit->limiter, "els");
  EXPECT_EQ(scenario->limit->options.initial_limit, 3);
  EXPECT_EQ(scenario->limit->options.highest_limit, 50);
  EXPECT_EQ(scenario->limit->options.tolerance, 4);
  EXPECT_EQ(scenario->limit->options.window, std::chrono::seconds(1));
  EXPECT_EQ(scenario->limit->options.baseline_windows, 10);
  EXPECT_EQ(scenario->priorities.sheddable, 0.5);
  EXPECT_EQ(scenario->priorities.critical, 0.25);
}

TEST(LimitScenario, RefusesWhatIsWrongAndNamesIt) {
  EXPECT_THAT(ErrorOf("limit = \"no-such\""),
              HasSubstr("access_points.limit is 'no-such'; there are: els, "));
  EXPECT_THAT(ErrorOf("limit = \"els\"\nlimit_options = { tolerance = 11 }"),
              HasSubstr("access_points.limit_options.tolerance is 11; it must "
                        "be from 1 to 10"));
  EXPECT_THAT(ErrorOf("limit = \"none\"\nlimit_options = { tolerance = 3 }"),
              HasSubstr("limit_options need limit = \"els\""));
  EXPECT_THAT(ErrorOf("priorities = { sheddable = 0.6, critical = 0.5 }"),
              HasSubstr("access_points.priorities.critical is 0.5"));
}

TEST(LimitScenario, HasColumnsOfItsOwn) {
  EXPECT_THAT(ReportOf(*Read("")), Not(HasSubstr("refused %")));
  const std::string text = ReportOf(*Read("count = 2\nlimit = \"none\""));
  EXPECT_THAT(text, HasSubstr("200 requests/s, limit none, access points 2"));
  EXPECT_THAT(text, HasSubstr("refused %  goodput/s  admitted p99  apart %"));
  EXPECT_THAT(text, Not(HasSubstr("ok %")));
  EXPECT_THAT(
      ReportOf(*Read("limit = \"els\"\npriorities = { sheddable = 0.5 }")),
      HasSubstr("sheddable ok %  normal ok %"));
}

TEST(LimitScenario, RunsEachPolicyWithEachLimitThatIsAskedFor) {
  const std::string text = ReportOf(*Read(""), {"none", "els"});
  EXPECT_THAT(text, HasSubstr("\nround-robin, none "));
  EXPECT_THAT(text, HasSubstr("\nround-robin, els "));
}

// Two slots do 100 a second; a limit of 2 for all time refuses every other
// request, and what it admits never waits.
TEST(LimitScenario, GoodputIsWhatSucceedsAndTheP99OfWhatIsAdmitted) {
  const auto scenario = Read(
      "limit = \"els\"\n"
      "limit_options = { initial_limit = 2, highest_limit = 2 }");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const Result result = Simulate(*scenario, *FindPolicy("round-robin"), 1);
  const Summary summary =
      Summarise("round-robin", {result}, {}, scenario->windows);
  ASSERT_EQ(summary.windows.size(), 1U);
  EXPECT_NEAR(summary.windows[0].limit.refused, 0.5, 0.01);
  EXPECT_NEAR(summary.windows[0].limit.goodput, 100, 1);
  EXPECT_EQ(summary.windows[0].limit.p99, std::chrono::milliseconds(20));
  EXPECT_EQ(summary.error_rate, summary.limit.refused);
  EXPECT_THAT(summary.limit.served, ElementsAre(0, 1 - summary.error_rate, 0));
}

}  // namespace
}  // namespace els_sim
