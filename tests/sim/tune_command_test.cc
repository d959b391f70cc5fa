// `els-sim tune`, as a user starts it.

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "els/options_text.h"
#include "tests/sim/els_sim_program.h"

namespace els_sim {
namespace {

class ElsSimTune : public ElsSim {
 protected:
  std::string Path(const std::string& name) const {
    return (directory_ / name).string();
  }

  // A search of a moment, with a journal of its own.
  std::string Small(const std::string& journal) const {
    return "tune spotify --option turn_slope=0.5..4 --constraint none "
           "--hold-out closed-loop --seeds 3 --points 4 --polish 3 --journal " +
           Path(journal);
  }
};

TEST_F(ElsSimTune, WritesOptionsThatTheLibraryReadsAndAPage) {
  const Exit exit = Start(Small("j") + " --out " + Path("options.txt") +
                          " --html " + Path("page.html"));
  EXPECT_EQ(exit.status, 0) << exit.err;
  EXPECT_EQ(exit.out.find("1 option over 1 scenario, seeds 1 to 6, yardstick "
                          "shortest-expected-delay\n"),
            0)
      << exit.out;
  EXPECT_TRUE(els::ParseOptions(Content(Path("options.txt"))).ok());
  EXPECT_EQ(Content(Path("page.html")).find("<!DOCTYPE html>"), 0);
}

TEST_F(ElsSimTune, PrintsTheOptionsIfNoFileIsNamed) {
  const Exit exit = Start(Small("j"));
  EXPECT_NE(exit.out.find("\n# Tuned by: els-sim tune spotify --seeds 3"),
            std::string::npos)
      << exit.out;
  EXPECT_NE(exit.out.find("\nlatency_memory = "), std::string::npos);
}

TEST_F(ElsSimTune, GoesOnFromAJournalThatWasCutOff) {
  const Exit whole = Start(Small("whole"));
  const std::string journal = Content(Path("whole"));
  std::ofstream(Path("half")) << journal.substr(0, journal.size() / 2);
  const Exit resumed = Start("tune --resume " + Path("half"));
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(resumed.out, whole.out);
  // Nothing but a change of the arguments is wrong.
  EXPECT_EQ(Start(Small("x").substr(0, Small("x").find(" --journal")) +
                  " --resume " + Path("half"))
                .out,
            whole.out);
  ExpectUsageError("tune equal --resume " + Path("half"),
                   {"half is of other arguments: spotify --seeds 3"});
}

TEST_F(ElsSimTune, StopsInOrderAndSaysHowToGoOn) {
  const std::string journal = Path("j");
  const Exit exit =
      Start("tune slow --constraint none --hold-out none --journal " + journal +
            " >" + Path("said") + " 2>" + Path("complained") +
            " & pid=$!; for i in $(seq 200); do grep -qs ^run " + journal +
            " && break; sleep 0.05; done; kill -INT $pid; wait $pid");
  EXPECT_EQ(exit.status, 130);
  EXPECT_EQ(Content(Path("said")), "");
  EXPECT_EQ(
      Content(Path("complained")),
      "els-sim: stopped; to go on: els-sim tune --resume " + journal + "\n");
}

TEST_F(ElsSimTune, KeepsAJournalThatIsThere) {
  std::ofstream(Path("j")) << "precious\n";
  const Exit exit = Start(Small("j"));
  EXPECT_EQ(exit.status, 1);
  EXPECT_NE(exit.err.find("j is there already"), std::string::npos) << exit.err;
  EXPECT_EQ(Content(Path("j")), "precious\n");
  ExpectUsageError("tune --resume " + Path("j"), {"line 1: \"precious\""});
}

TEST_F(ElsSimTune, RefusesWhatItDoesNotKnow) {
  ExpectUsageError("tune eqal", {"'eqal'", "equal"});
  ExpectUsageError(
      "tune equal --option turn_slop",
      {"--option: there is no numeric option 'turn_slop'", "turn_slope"});
  ExpectUsageError("tune equal --option turn_slope=1..99",
                   {"turn_slope is \"99\"; it must be a number from 0 to 10"});
  ExpectUsageError("tune equal --option turn_slope --option turn_slope=1..2",
                   {"--option turn_slope is given twice"});
  ExpectUsageError("tune equal --hold-out equal",
                   {"scenario 'equal' is given twice"});
  ExpectUsageError("tune equal --seeds 1", {"--seeds must be 2 to 500"});
  ExpectUsageError("tune equal --slack x", {"--slack must be 0 to 100, not"});
  ExpectUsageError("tune equal --yardstick p9c", {"'p9c'", "p2c"});
  ExpectUsageError("tune equal --start /nowhere", {"/nowhere: cannot be read"});
  std::ofstream(Path("o")) << "\nturn_slope = 11\n";
  ExpectUsageError("tune equal --start " + Path("o"),
                   {"/o: line 2: turn_slope is \"11\""});
  ExpectUsageError("tune --resume /nowhere", {"cannot read /nowhere"});
}

TEST_F(ElsSimTune, Helps) {
  const Exit exit = Start("tune --help");
  EXPECT_EQ(exit.status, 0);
  EXPECT_NE(exit.out.find("--worst-weight W"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
