// `els-sim compare`, as a user starts it.

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/sim/els_sim_program.h"

namespace els_sim {
namespace {

using ElsSimCompare = ElsSim;

TEST_F(ElsSimCompare, ComparesWithElsUnlessToldOtherwise) {
  const Exit exit = Start("compare spotify --policy p2c --seeds 2");
  EXPECT_EQ(exit.status, 0);
  EXPECT_EQ(exit.err, "");
  EXPECT_EQ(exit.out.find("els against 1 policy in 1 scenario, seeds 1 to 2\n"),
            0);
  const Exit other =
      Start("compare spotify --policy els --baseline p2c --seed 4 --seeds 2");
  EXPECT_EQ(
      other.out.find("p2c against 1 policy in 1 scenario, seeds 4 to 5\n"), 0);
}

TEST_F(ElsSimCompare, TakesAllPoliciesAndThreeYardsticksIfNoneIsNamed) {
  const Exit exit = Start("compare spotify --seeds 1");
  for (const char* name :
       {"round-robin", "random", "least-outstanding", "p2c", "peak-ewma", "els",
        "finagle-ewma", "shortest-expected-delay", "least-work-left",
        "central-queue"}) {
    EXPECT_NE(exit.out.find(std::string("\n") + name + " "), std::string::npos)
        << name;
  }
}

TEST_F(ElsSimCompare, GivesEachLoadARowWhereThereIsALoad) {
  const Exit exit = Start(
      "compare equal spotify --policy random --seeds 1 --load 0.25 --load 0.5");
  EXPECT_EQ(exit.out.find("els against 1 policy in 3 scenarios, seeds 1 to 1"),
            0)
      << exit.out;
  EXPECT_NE(exit.out.find("\nequal at 0.25 "), std::string::npos);
  EXPECT_NE(exit.out.find("\nequal at 0.5 "), std::string::npos);
  EXPECT_NE(exit.out.find("\nspotify "), std::string::npos);
}

TEST_F(ElsSimCompare, LeavesOutFiveSecondsOfWhatIsSteadyUnlessToldOtherwise) {
  const std::string command = "compare equal --policy random --seeds 1";
  EXPECT_NE(Start(command).out.find("The first 5 s of the 1 steady scenarios"),
            std::string::npos);
  EXPECT_NE(Start(command + " --warm-up 0s").out.find("Whole runs count"),
            std::string::npos);
}

TEST_F(ElsSimCompare, SumsUpAllLoadsInALineForEachPolicy) {
  const Exit exit = Start(
      "compare equal spotify --policy random p2c --seeds 2 --load 0.25 "
      "--load 0.5 --summary");
  EXPECT_EQ(exit.out.find("els against 2 policies in 3 scenarios, seeds 1 to "
                          "2\n"),
            0)
      << exit.out;
  EXPECT_NE(exit.out.find("\n| random | "), std::string::npos) << exit.out;
  EXPECT_NE(exit.out.find("\n| p2c    | "), std::string::npos);
  EXPECT_EQ(exit.out.find("p99 ms"), std::string::npos);
}

TEST_F(ElsSimCompare, TakesAFileOfOptionsAsBaseAndAsPolicy) {
  const std::string file = (directory_ / "defaults.txt").string();
  std::ofstream(file) << "# none is changed\n";
  const std::string command = "compare spotify --seeds 2 --summary ";
  const Exit exit = Start(command + "--policy els --baseline " + file);
  EXPECT_EQ(exit.out.find(file + " against 1 policy"), 0) << exit.out;
  EXPECT_NE(exit.out.find("\n| els    | 1.000 [1.000, 1.000] | 1.000 |"),
            std::string::npos)
      << exit.out;
  // The same path twice is the same policy.
  ExpectUsageError(command + "--policy " + file + " --baseline " + file,
                   {"--policy names nothing but the base"});
}

TEST_F(ElsSimCompare, WritesTheFilesItIsAskedFor) {
  const std::string base = (directory_ / "all").string();
  const Exit exit =
      Start("compare spotify --policy p2c --seeds 2 --csv " + base +
            ".csv --json " + base + ".json --html " + base + ".html");
  EXPECT_EQ(exit.status, 0) << exit.err;
  EXPECT_EQ(Content(base + ".csv").find("scenario,load,policy,"), 0);
  EXPECT_EQ(Content(base + ".json").find("{\"base\":\"els\""), 0);
  EXPECT_EQ(Content(base + ".html").find("<!DOCTYPE html>"), 0);
}

TEST_F(ElsSimCompare, GivesAllPoliciesTheLimit) {
  const std::string compare = "compare overload --policy p2c --seeds 1";
  const Exit without = Start(compare + " --limit none");
  const Exit with = Start(compare + " --limit els");
  EXPECT_EQ(with.status, 0) << with.err;
  for (const char* row : {"\noverload  p2c ", "\n          els "}) {
    const auto line = [&](const std::string& out) {
      const std::size_t begin = out.find(row);
      EXPECT_NE(begin, std::string::npos) << out;
      return out.substr(begin, out.find('\n', begin + 1) - begin);
    };
    EXPECT_NE(line(with.out), line(without.out));
  }
}

TEST_F(ElsSimCompare, NamesAFileThatCannotBeWrittenBeforeItStarts) {
  const Exit exit = Start("compare spotify --csv /nowhere/a.csv");
  EXPECT_EQ(exit.status, 1);
  EXPECT_EQ(exit.out, "");
  EXPECT_EQ(exit.err,
            "els-sim: cannot write /nowhere/a.csv: No such file or "
            "directory\n");
}

TEST_F(ElsSimCompare, RefusesWhatItDoesNotKnow) {
  ExpectUsageError("compare eqal", {"'eqal'", "equal"});
  ExpectUsageError("compare equal --policy p9c", {"'p9c'", "p2c"});
  ExpectUsageError("compare equal --baseline p9c", {"'p9c'", "p2c"});
  ExpectUsageError("compare equal --seeds 0", {"--seeds must be 1 to 1000"});
  ExpectUsageError("compare equal --load 0.5 --load 11",
                   {"--load must be above 0", "'11'"});
  ExpectUsageError("compare spotify --load 0.5 --load x",
                   {"--load must be above 0", "'x'"});
  ExpectUsageError("compare equal --warm-up 5",
                   {"--warm-up must be a duration", "'5'"});
  ExpectUsageError("compare equal --limit few", {"'few'", "netflix-gradient2"});
  ExpectUsageError("compare equal --csv", {"--csv"});
  ExpectUsageError("compare equal --policy els",
                   {"--policy names nothing but the base, 'els'"});
}

TEST_F(ElsSimCompare, Helps) {
  const Exit exit = Start("compare --help");
  EXPECT_EQ(exit.status, 0);
  EXPECT_NE(exit.out.find("--baseline P"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
