#include "sim/results/contest_summary.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/results/text_table.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

TEST(RenderMarkdown, IsATableOfText) {
  EXPECT_EQ(RenderMarkdown({{"policy", "n"}, {"els", "10"}}),
            "| policy | n  |\n"
            "| ------ | -- |\n"
            "| els    | 10 |\n");
}

TEST(RenderSummary, HasALineForEachPolicyButTheBase) {
  // Ratios 1 and 1/2, of the mean; of p99, 1 and 1/3.
  const std::string text = RenderSummary(RunContest(SmallPlan(), 1));
  EXPECT_EQ(text.find("round-robin against 1 policy in 2 scenarios, seeds 1 to "
                      "3\n"),
            0);
  EXPECT_NE(
      text.find(
          "\n"
          "| policy                              | cost                 | p99 "
          "  | WIN | tie | LOSS | worst loss                 |\n"
          "| ----------------------------------- | -------------------- | "
          "----- | --- | --- | ---- | -------------------------- |\n"
          "| shortest-expected-delay (yardstick) | 0.707 [0.707, 0.707] | "
          "0.577 | 0   | 1   | 1    | pair: 0.500 [0.500, 0.500] |\n"
          "\n"),
      std::string::npos)
      << text;
}

TEST(RenderSummary, ListsTheLossesToPeersTheWorstFirst) {
  ContestPlan plan = SmallPlan();
  plan.scenarios.push_back(
      TwoRequests("worse", {{}, {.phases = {{.slowness = 7}}}}));
  // What a yardstick does, by a name that is none's.
  PolicyInfo peer = *FindPolicy("shortest-expected-delay");
  peer.name = "peer";
  plan.policies[1] = &peer;
  const std::string text = RenderSummary(RunContest(plan, 1));
  EXPECT_NE(text.find("\n\n"
                      "- LOSS to peer in worse: 0.250 [0.250, 0.250]\n"
                      "- LOSS to peer in pair: 0.500 [0.500, 0.500]\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(" | worse: 0.250 [0.250, 0.250] |\n"), std::string::npos)
      << text;
}

TEST(RenderSummary, CountsVerdictsAndLossesByScenario) {
  ContestPlan plan = SmallPlan();
  plan.scenarios.push_back(
      TwoRequests("worse", {{}, {.phases = {{.slowness = 7}}}}));
  plan.scenarios.push_back(TwoRequests(
      "failing", {{}, {.phases = {{.slowness = 7, .failure_rate = 1}}}}));
  PolicyInfo peer = *FindPolicy("shortest-expected-delay");
  peer.name = "peer";
  plan.policies[1] = &peer;
  const std::string text = RenderSummary(RunContest(plan, 1));
  EXPECT_NE(text.find("Against all but yardsticks round-robin wins 0 times, "
                      "ties 1 times and loses 3 times.\n"
                      "1 of the losses are in 1 rows where more than 1 % of "
                      "the requests of round-robin end\n"
                      "badly."),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("| worse    | 1      | 0.250 | 0.250 | 0.00     |\n"),
            std::string::npos)
      << text;
}

TEST(RenderSummary, SaysWhereThereIsNoLoss) {
  ContestPlan plan = SmallPlan();
  plan.base = 1;
  const std::string text = RenderSummary(RunContest(plan, 1));
  EXPECT_NE(text.find("| 1   | 1   | 0    | none "), std::string::npos) << text;
  EXPECT_NE(text.find("know what it cannot:\n\n- none\n"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
