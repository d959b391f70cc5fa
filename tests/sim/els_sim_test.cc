// The program itself, as a user starts it.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/sim/els_sim_program.h"

namespace els_sim {
namespace {

TEST_F(ElsSim, ListsEveryScenarioAndPolicy) {
  const Exit exit = Start("list");
  EXPECT_EQ(exit.status, 0);
  for (const char* name :
       {"equal", "slow", "failing", "silent", "spotify", "round-robin",
        "random", "least-outstanding", "p2c", "peak-ewma", "els",
        "finagle-ewma", "central-queue"}) {
    EXPECT_NE(exit.out.find(std::string("  ") + name + " "), std::string::npos)
        << name;
  }
}

TEST_F(ElsSim, HelpsAtEveryLevel) {
  for (const char* arguments :
       {"--help", "list --help", "run --help", "golden --help", "check --help",
        "explain --help", "run equal --seeds 2 --help"}) {
    const Exit exit = Start(arguments);
    EXPECT_EQ(exit.status, 0) << arguments;
    EXPECT_NE(exit.out.find("els-sim"), std::string::npos) << arguments;
    EXPECT_EQ(exit.err, "") << arguments;
  }
}

TEST_F(ElsSim, RunsWhatItIsAskedAndSaysSo) {
  const Exit exit = Start(
      "run spotify equal --policy round-robin p2c --seed 7 --seeds 2 "
      "--load 0.25");
  EXPECT_EQ(exit.status, 0);
  EXPECT_EQ(exit.err, "");
  EXPECT_NE(exit.out.find("load 0.25, access points 10, seeds 7 to 8\n"),
            std::string::npos);
  EXPECT_EQ(exit.out.find("spotify: "), 0);
  EXPECT_NE(exit.out.find("\n\nequal: "), std::string::npos);
  EXPECT_NE(exit.out.find("\np2c "), std::string::npos);
  EXPECT_EQ(exit.out.find("\nrandom "), std::string::npos);
  EXPECT_NE(exit.out.find("  245.0  "), std::string::npos);
}

TEST_F(ElsSim, PrintsTheSameBytesTwice) {
  const Exit once = Start("run failing --seeds 3");
  EXPECT_EQ(once.status, 0);
  EXPECT_EQ(once.out, Start("run failing --seeds 3").out);
}

TEST_F(ElsSim, RefusesAnUnknownCommand) {
  ExpectUsageError("", {"list", "run", "golden"});
  ExpectUsageError("walk", {"'walk'", "list", "run", "golden"});
  ExpectUsageError("list equal", {"'equal'"});
}

TEST_F(ElsSim, RefusesAnUnknownScenarioAndNamesTheKnown) {
  ExpectUsageError("run eqal",
                   {"'eqal'", "equal", "slow", "failing", "silent", "spotify"});
  ExpectUsageError("run", {"scenario", "equal"});
  ExpectUsageError("golden --check . eqal", {"'eqal'", "spotify"});
  ExpectUsageError("explain eqal", {"'eqal'", "spotify"});
  ExpectUsageError("explain", {"scenario", "equal"});
  ExpectUsageError("check", {"no file"});
}

TEST_F(ElsSim, RefusesAnUnknownPolicyAndNamesTheKnown) {
  ExpectUsageError("run equal --policy p9c",
                   {"'p9c'", "round-robin", "random", "least-outstanding",
                    "p2c", "peak-ewma", "els"});
}

TEST_F(ElsSim, RefusesASeedOfZeroOrNone) {
  ExpectUsageError("run equal --seed 0", {"--seed must be at least 1", "'0'"});
  for (const char* bad : {"-1", "x", "1x", "1.5", "18446744073709551616"}) {
    ExpectUsageError(std::string("run equal --seed=") + bad,
                     {"--seed", std::string("'") + bad + "'"});
  }
}

TEST_F(ElsSim, RefusesSeedsOutOfRange) {
  for (const char* bad : {"0", "-1", "1001", "many"}) {
    ExpectUsageError(
        std::string("run equal --seeds=") + bad,
        {"--seeds must be 1 to 1000", std::string("'") + bad + "'"});
  }
  ExpectUsageError("run equal --seed 18446744073709551615 --seeds 2",
                   {"--seed 18446744073709551615", "--seeds 2"});
}

TEST_F(ElsSim, RefusesALoadOutOfRange) {
  for (const char* bad : {"0", "-0.5", "10.01", "nan", "inf", "half"}) {
    ExpectUsageError(std::string("run equal --load=") + bad,
                     {"--load must be above 0 and at most 10",
                      std::string("'") + bad + "'"});
  }
}

TEST_F(ElsSim, RefusesRetriesOutOfRange) {
  for (const char* bad : {"-1", "11", "x"}) {
    ExpectUsageError(
        std::string("run equal --retries=") + bad,
        {"--retries must be 0 to 10", std::string("'") + bad + "'"});
  }
}

TEST_F(ElsSim, PrintsATableForEachWindowAndSendsAgainAsOftenAsAsked) {
  const Exit exit = Start("run all-fail --policy random --seeds 1 --retries 1");
  EXPECT_EQ(exit.status, 0);
  EXPECT_NE(exit.out.find("load 0.5 of the servers at the start, retries 1,"),
            std::string::npos);
  EXPECT_NE(exit.out.find("\n\nmeanwhile, 20 s to 30 s, watched: b0 b1 "),
            std::string::npos);
  // A third of the 15,000 requests fail. The budget lets a fifth of these be
  // sent twice, and 200 to 400 more: what was saved, and the floor.
  EXPECT_NE(exit.out.find("  1.08"), std::string::npos) << exit.out;
}

TEST_F(ElsSim, RefusesAnUnknownFlagAndAMissingValue) {
  ExpectUsageError("run equal --sed 1", {"--sed"});
  ExpectUsageError("run equal --pol p2c", {"--pol"});  // No abbreviations.
  ExpectUsageError("run equal --seed", {"--seed"});
  ExpectUsageError("golden --fix .", {"--fix"});
  ExpectUsageError("golden", {"--check DIR", "--update DIR"});
  ExpectUsageError("golden --check a --update b", {"--check", "--update"});
}

TEST_F(ElsSim, ChecksGoldenFilesThatItHasWritten) {
  const std::string directory = directory_.string();
  EXPECT_EQ(Start("golden --update " + directory + " spotify").status, 0);
  EXPECT_EQ(Content(directory_ / "spotify.txt"), Start("run spotify").out);
  const Exit check = Start("golden --check " + directory + " spotify");
  EXPECT_EQ(check.status, 0);
  EXPECT_EQ(check.out, "");
}

TEST_F(ElsSim, ShowsADifferenceFromAGoldenFileAndLeavesItAsItIs) {
  const auto path = directory_ / "spotify.txt";
  const std::string content = "spotify: something else\n";
  std::ofstream(path) << content;
  const Exit check =
      Start("golden --check " + directory_.string() + " spotify");
  EXPECT_EQ(check.status, 1);
  EXPECT_NE(check.out.find("spotify.txt:1:\n  expected 'spotify: something "),
            std::string::npos);
  EXPECT_NE(check.out.find("golden --update"), std::string::npos);
  EXPECT_EQ(Content(path), content);
}

TEST_F(ElsSim, NamesAGoldenFileThatIsMissing) {
  const Exit check =
      Start("golden --check " + directory_.string() + " spotify");
  EXPECT_EQ(check.status, 1);
  EXPECT_NE(check.out.find("spotify.txt: cannot be read"), std::string::npos);
}

TEST_F(ElsSim, FailsWhenItsOutputCannotBeWritten) {
  const int status =
      std::system((kProgram + " list >/dev/full 2>/dev/null").c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

constexpr const char* kTwo =
    "name = \"two\"\n"
    "description = \"two servers\"\n"
    "shows = \"little\"\n"
    "cannot_show = \"much\"\n"
    "servers = [{ count = 2 }]\n"
    "arrivals = { kind = \"burst\", requests = 4 }\n"
    "sizes = { shape = \"constant\", mean = \"1s\" }\n";

TEST_F(ElsSim, ChecksFilesAndSaysWhereTheyAreWrong) {
  const std::string good = (directory_ / "two.toml").string();
  std::ofstream(good) << kTwo;
  EXPECT_EQ(Start("check " + good).out, good + ": ok\n");
  EXPECT_EQ(Start("check " + good).status, 0);
  const std::string bad = (directory_ / "bad.toml").string();
  std::ofstream(bad) << kTwo << "zones = { number = 1 }\n";
  const Exit check = Start("check " + bad + " " + good);
  EXPECT_EQ(check.status, 1);
  EXPECT_EQ(check.out,
            bad +
                ":1:8: name is \"two\"; it must be that of the file, "
                "\"bad\"\n" +
                bad +
                ":8:11: zones.number is unknown; known are count, "
                "delays, far, far_delay, near_delay\n" +
                good + ": ok\n");
  EXPECT_EQ(check.err, "");
}

TEST_F(ElsSim, TakesAFileWhereItTakesAName) {
  const std::string file = (directory_ / "two.toml").string();
  std::ofstream(file) << kTwo;
  EXPECT_EQ(Start("explain " + file).out.find("two: two servers\n"), 0);
  EXPECT_EQ(Start("run --seeds 1 " + file).out.find("two: two servers"), 0);
  ExpectUsageError("run none.toml", {"none.toml: cannot be read"});
}

TEST_F(ElsSim, TakesAFileOfOptionsWhereItTakesAPolicy) {
  const auto path = [this](const char* name) {
    return (directory_ / name).string();
  };
  std::ofstream(path("none.txt")) << "# as they are\n";
  std::ofstream(path("other.txt")) << "turn_limit = 0\n";
  const Exit exit = Start("run failing --seeds 1 --policy els " +
                          path("none.txt") + " " + path("other.txt"));
  EXPECT_EQ(exit.err, "");
  // What is after its name in a policy's row.
  const auto row = [&exit](const std::string& policy) {
    const std::size_t begin = exit.out.find("\n" + policy + " ");
    EXPECT_NE(begin, std::string::npos) << policy << " in " << exit.out;
    const std::size_t numbers =
        exit.out.find_first_not_of(' ', begin + policy.size() + 1);
    return exit.out.substr(numbers, exit.out.find('\n', numbers) - numbers);
  };
  EXPECT_EQ(row(path("none.txt")), row("els"));
  EXPECT_NE(row(path("other.txt")), row("els"));
}

TEST_F(ElsSim, SaysWhatIsWrongWithAFileOfOptions) {
  const std::string file = (directory_ / "bad.txt").string();
  std::ofstream(file) << "\nturn_limit = 5\n";
  ExpectUsageError("run equal --policy " + file,
                   {file + ": line 2: turn_limit is \"5\""});
  ExpectUsageError("run equal --policy none.txt",
                   {"none.txt: cannot be read, or is empty"});
  ExpectUsageError("run equal --policy none",
                   {"unknown policy 'none'", "file of options", "p2c"});
  const std::string comma = (directory_ / "a,b.txt").string();
  std::ofstream(comma) << "turn_limit = 0.1\n";
  ExpectUsageError("compare equal --policy " + comma, {comma, "no comma"});
}

TEST_F(ElsSim, ExplainsScenariosInSentences) {
  const Exit exit = Start("explain equal spotify");
  EXPECT_EQ(exit.status, 0);
  EXPECT_EQ(exit.out.find("equal: four equal servers\n\n"), 0);
  EXPECT_NE(exit.out.find("\n\nspotify: 27 requests"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
