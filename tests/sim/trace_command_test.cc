// `els-sim fit` and `els-sim replay`, as a user starts them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/sim/els_sim_program.h"

namespace els_sim {
namespace {

class ElsSimTrace : public ElsSim {
 protected:
  std::string Path(const std::string& name) const {
    return (directory_ / name).string();
  }

  // Requests every 10 ms, in turn to two backends that take 2 and 20 ms.
  void WriteTrace() const {
    std::ofstream file(Path("t.csv"));
    file << "time_s,latency_s,backend\n";
    for (int i = 0; i < 400; ++i) {
      file << i * 0.01 << (i % 2 == 0 ? ",0.002,a\n" : ",0.02,b\n");
    }
  }
};

TEST_F(ElsSimTrace, FitsAScenarioThatPassesItsCheckAndRuns) {
  WriteTrace();
  const Exit fit = Start("fit " + Path("t.csv") + " --out " + Path("s.toml"));
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_NE(fit.out.find("gap, mean ms                10     10\n"),
            std::string::npos)
      << fit.out;
  EXPECT_NE(fit.out.find("\nb "), std::string::npos) << fit.out;
  const std::string text = Content(Path("s.toml"));
  EXPECT_NE(text.find("kind = \"constant\""), std::string::npos) << text;
  EXPECT_NE(text.find("rate = 100\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# b\ndiscipline = \"infinite\"\nphases = [\n"
                      "  { slowness = 10 },\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(Start("check " + Path("s.toml")).out, Path("s.toml") + ": ok\n");
  const Exit run =
      Start("run " + Path("s.toml") + " --policy round-robin --seeds 1");
  EXPECT_NE(run.out.find("round-robin    11.00"), std::string::npos) << run.out;
  const Exit replay =
      Start("replay t.csv --traces " + directory_.string() + " --scenario " +
            Path("s.toml") + " --policy round-robin els --seeds 2");
  EXPECT_EQ(replay.status, 0) << replay.err;
  EXPECT_EQ(replay.out.find(
                Path("t.csv") +
                ": read as table\n  time_s: start in s; latency_s: latency in "
                "s; backend: backend\n" +
                Path("t.csv") + ": 400 requests, 100 a second; "),
            0u)
      << replay.out;
  EXPECT_EQ(fit.out.find(Path("t.csv") + ": read as table\n"), 0u) << fit.out;
  EXPECT_NE(replay.out.find("\ntrace, access points 1, seeds 1 to 2\n"),
            std::string::npos);
  EXPECT_NE(replay.out.find("round-robin    11.00"), std::string::npos)
      << replay.out;
}

TEST_F(ElsSimTrace, NamesTheLineOfARecordingThatIsWrong) {
  std::ofstream(Path("t.csv")) << "time_s,latency_s\n0,1\n1,x\n";
  const std::string error =
      "els-sim: " + Path("t.csv") +
      ":3: latency_s: \"x\" is no number of 0 or more, and at most a day\n";
  const Exit replay = Start("replay " + Path("t.csv") + " --scenario equal");
  EXPECT_EQ(replay.status, 1);
  EXPECT_EQ(replay.out, "");
  EXPECT_EQ(replay.err, error);
  const Exit fit = Start("fit " + Path("t.csv") + " --out " + Path("s.toml"));
  EXPECT_EQ(fit.status, 1);
  EXPECT_EQ(fit.err, error);
  EXPECT_FALSE(std::filesystem::exists(Path("s.toml")));
}

TEST_F(ElsSimTrace, RefusesWhatItDoesNotKnow) {
  ExpectUsageError("replay --scenario equal", {"replay: give one TRACE"});
  ExpectUsageError("replay t.csv", {"--scenario", "equal"});
  ExpectUsageError("replay t.csv --scenario eqal", {"'eqal'"});
  ExpectUsageError("replay t.csv --scenario equal --faster 0",
                   {"--faster must be above 0", "'0'"});
  ExpectUsageError("replay t.csv --scenario equal --load x", {"--load", "'x'"});
  ExpectUsageError("replay t.csv --scenario equal --service x",
                   {"--service: \"x\" is neither"});
  ExpectUsageError("replay t.csv --scenario equal --from soon",
                   {"--from must be a time such as", "'soon'"});
  ExpectUsageError("fit t.csv", {"fit: give --out"});
  ExpectUsageError("fit t.csv --out s.txt", {"--out must end in .toml"});
  ExpectUsageError("fit t.csv u.csv --out s.toml", {"there are 2"});
  ExpectUsageError("fit t.csv --out s.toml --rate -1", {"--rate", "'-1'"});
  ExpectUsageError("fit t.csv --out s.toml --servers 0", {"--servers", "'0'"});
}

TEST_F(ElsSimTrace, HelpsWithTheForm) {
  const Exit replay = Start("replay --help");
  EXPECT_EQ(replay.status, 0);
  EXPECT_NE(replay.out.find("latency_s"), std::string::npos);
  EXPECT_NE(replay.out.find("--service SUM"), std::string::npos);
  const std::string fit = Start("fit --help").out;
  EXPECT_NE(fit.find("--out FILE.toml"), std::string::npos);
  EXPECT_NE(fit.find("\n  k6, CSV\n      metric_name,"), std::string::npos);
}

// Recordings of others, which are not part of the project: azure_llm_2023_conv
// of Azure's public data set and real_latencies of Finagle's benchmarks.
class PublicTraces : public ElsSimTrace {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("ELS_TRACES");
    if (folder == nullptr) {
      GTEST_SKIP() << "ELS_TRACES names no folder of public traces";
    }
    traces_ = std::string(" --traces '") + folder + "'";
  }
  std::string traces_;
};

TEST_F(PublicTraces, AzuresAreReadAsTheyAre) {
  const std::string trace = "azure_llm_2023_conv.csv" + traces_ +
                            " --service '10ms + 0.1ms*ContextTokens + "
                            "20ms*GeneratedTokens'";
  const Exit fit = Start("fit " + trace + " --out " + Path("azure.toml"));
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_NE(fit.out.find("\nrequests                  19366"),
            std::string::npos)
      << fit.out;
  EXPECT_NE(fit.out.find("\na second                5.53014"),
            std::string::npos)
      << fit.out;
  EXPECT_EQ(Start("check " + Path("azure.toml")).status, 0);
  const Exit replay =
      Start("replay " + trace + " --scenario equal --load 0.6 --seeds 1");
  EXPECT_EQ(replay.status, 0) << replay.err;
  EXPECT_NE(replay.out.find(": 19366 requests, 5.53014 a second; service "
                            "times are declared"),
            std::string::npos)
      << replay.out;
}

TEST_F(PublicTraces, FinaglesAreReadAsTheyAre) {
  const std::string trace = "finagle_real_latencies.data" + traces_;
  const Exit fit =
      Start("fit " + trace + " --rate 100 --out " + Path("finagle.toml"));
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_NE(fit.out.find("  169.6  169.6  167.5  167.5  "), std::string::npos)
      << fit.out;
  EXPECT_EQ(Start("check " + Path("finagle.toml")).status, 0);
  const Exit replay =
      Start("replay " + trace + " --scenario equal --seeds 1 --policy random");
  EXPECT_EQ(replay.status, 0) << replay.err;
  EXPECT_NE(replay.out.find("86333 requests; service times are the recorded "
                            "latencies, mean 169.559909ms"),
            std::string::npos)
      << replay.out;
}

}  // namespace
}  // namespace els_sim
