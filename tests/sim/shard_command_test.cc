// `els-sim compare --shard` and `els-sim merge`, as a user starts them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/sim/els_sim_program.h"

namespace els_sim {
namespace {

class ElsSimShard : public ElsSim {
 protected:
  std::string Path(const std::string& name) const {
    return (directory_ / name).string();
  }

  void Shard(const std::string& arguments, const std::string& shard,
             const std::string& name) const {
    const Exit exit = Start("compare " + arguments + " --shard " + shard +
                            " --out " + Path(name));
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(exit.out, "");
  }

  // One line that is `error`, and status 1.
  void ExpectMergeError(const std::string& files, std::string error) const {
    const Exit exit = Start("merge " + files);
    EXPECT_EQ(exit.status, 1) << files;
    EXPECT_EQ(exit.out, "") << files;
    EXPECT_EQ(exit.err, "els-sim: " + error + "\n");
  }
};

const std::string kSmall =
    "spotify silent uniform --policy p2c --policy random --seeds 3";

// As docs/simulator.md has it.
TEST_F(ElsSimShard, UnderMpirunGiveTheBytesOfOneMachine) {
  const std::string base = Path("");
  const std::string ranks =
      "mpirun --allow-run-as-root --oversubscribe -n 4 sh -c \"" + kProgram +
      " compare " + kSmall +
      " --shard \\$((OMPI_COMM_WORLD_RANK + 1))/\\$OMPI_COMM_WORLD_SIZE"
      " --out " +
      base + "\\$OMPI_COMM_WORLD_RANK.shard\" >" + base + "log 2>&1";
  ASSERT_EQ(std::system(ranks.c_str()), 0) << Content(base + "log");
  EXPECT_EQ(Content(base + "log"), "");
  const auto files = [&base](const std::string& name) {
    std::string options;
    for (const char* kind : {"csv", "json", "html"}) {
      options += std::string(" --") + kind + " " + base + name + "." + kind;
    }
    return options;
  };
  const Exit merged = Start("merge " + base + "*.shard" + files("merged"));
  EXPECT_EQ(merged.status, 0) << merged.err;
  const Exit one = Start("compare " + kSmall + files("one"));
  EXPECT_EQ(merged.out, one.out);
  EXPECT_EQ(Start("merge --summary " + base + "*.shard").out,
            Start("compare --summary " + kSmall).out);
  for (const char* kind : {".csv", ".json", ".html"}) {
    EXPECT_EQ(Content(base + "merged" + kind), Content(base + "one" + kind));
  }
}

TEST_F(ElsSimShard, ReadsTheScenariosFileAgain) {
  const std::string file = Path("tiny.toml");
  const auto write = [&file](const std::string& length) {
    std::ofstream(file) << "description = \"tiny\"\n[arrivals]\n"
                           "kind = \"poisson\"\nload = 0.5\nlength = \""
                        << length
                        << "\"\n[sizes]\nshape = \"constant\"\nmean = \"9ms\"\n"
                           "[[servers]]\ncount = 2\n";
  };
  write("1s");
  const std::string arguments = file + " --policy p2c --load 0.2 --load 0.4";
  Shard(arguments, "1/1", "all");
  EXPECT_EQ(Start("merge " + Path("all")).out,
            Start("compare " + arguments).out);
  write("2s");
  ExpectMergeError(Path("all"), Path("all") + ":6: '" + file +
                                    "' is not the scenario here that it was "
                                    "where the shard was made");
}

TEST_F(ElsSimShard, AreRefusedWhereSomeAreMissing) {
  Shard("spotify --policy p2c --seeds 2", "2/3", "second");
  ExpectMergeError(Path("second"), "of 3 shards there are 1; missing: 1, 3");
  ExpectMergeError(
      Path("second") + " " + Path("second"),
      Path("second") + " and " + Path("second") + " are both shard 2 of 3");
  ExpectMergeError(Path("none"),
                   Path("none") + ": cannot be read, or is empty");
}

TEST_F(ElsSimShard, NamesAFileThatCannotBeWrittenBeforeItStarts) {
  const Exit exit = Start("compare --shard 1/2 --out /nowhere/a");
  EXPECT_EQ(exit.status, 1);
  EXPECT_EQ(exit.err,
            "els-sim: cannot write /nowhere/a: No such file or directory\n");
}

TEST_F(ElsSimShard, RefusesWhatMakesNoSense) {
  for (const char* shard : {"0/4", "5/4", "1/0", "1", "1/2/3", "x/4", "1/x"}) {
    ExpectUsageError(std::string("compare --out a --shard ") + shard,
                     {"--shard must be I/N", std::string("'") + shard + "'"});
  }
  ExpectUsageError("compare --shard 1/2", {"--shard needs --out FILE"});
  ExpectUsageError("compare --out a", {"--out needs a --shard"});
  ExpectUsageError("compare --shard 1/2 --out a --html b",
                   {"--html is for els-sim merge"});
  ExpectUsageError("compare --shard 1/2 --out a --summary",
                   {"--summary is for els-sim merge"});
  ExpectUsageError("compare --shard 1/2 --out a --limit els",
                   {"--shard cannot have a --limit"});
  std::ofstream(Path("a.txt")) << "turn_limit = 0\n";
  ExpectUsageError("compare --shard 1/2 --out a --policy " + Path("a.txt"),
                   {"--shard cannot have '" + Path("a.txt") + "'"});
  ExpectUsageError("merge", {"merge: no file given"});
}

TEST_F(ElsSimShard, Helps) {
  EXPECT_NE(Start("compare --help").out.find("--shard I/N"), std::string::npos);
  EXPECT_NE(Start("merge --help").out.find("--csv FILE"), std::string::npos);
}

}  // namespace
}  // namespace els_sim
