#include "examples/access_point/options.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "tests/temporary_folder.h"

namespace access_point {
namespace {

absl::StatusOr<std::optional<Options>> Parse(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "els-access-point");
  return ParseCommandLine(static_cast<int>(flags.size()), flags.data());
}

TEST(Options, OnlyABackendIsNeeded) {
  const Options options = **Parse({"--backend", "h:80"});
  EXPECT_EQ(options.listen, (Address{"127.0.0.1", 8080}));
  EXPECT_EQ(options.backends, (std::vector<Address>{{"h", 80}}));
  EXPECT_EQ(options.policy, Policy::kEls);
  EXPECT_EQ(options.timeout, std::chrono::seconds(1));
  EXPECT_EQ(options.retry_budget.ratio, 0.2);
  EXPECT_EQ(options.retry_budget.floor_per_second, 10);
  EXPECT_EQ(options.client_error, els::Outcome::kNeutral);
}

TEST(Options, ClientErrorsAreNeutralOrSuccesses) {
  EXPECT_EQ((**Parse({"--backend", "h:1", "--client-errors", "neutral"}))
                .client_error,
            els::Outcome::kNeutral);
  EXPECT_EQ(
      (**Parse({"--backend", "h:1", "--client-errors=success"})).client_error,
      els::Outcome::kSuccess);
  EXPECT_EQ(Parse({"--backend", "h:1", "--client-errors", "failure"})
                .status()
                .message(),
            "--client-errors: 'failure' is not neutral or success");
}

TEST(Options, EveryFlagIsTaken) {
  const Options options =
      **Parse({"--listen", "0.0.0.0:0", "--backend=a:1", "--backend", "b:2",
               "--policy", "round-robin", "--timeout", "250ms",
               "--connect-timeout=1.5s", "--retry-budget", "0.05", "--max-idle",
               "0", "--threads", "3", "--seed", "18446744073709551615"});
  EXPECT_EQ(options.record, "");
  EXPECT_EQ(options.listen, (Address{"0.0.0.0", 0}));
  EXPECT_EQ(options.backends, (std::vector<Address>{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(options.policy, Policy::kRoundRobin);
  EXPECT_EQ(options.timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(options.connect_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(options.retry_budget.ratio, 0.05);
  EXPECT_EQ(options.retry_budget.floor_per_second, 10);
  EXPECT_EQ(options.max_idle, 0u);
  EXPECT_EQ(options.threads, 3u);
  EXPECT_EQ(options.seed, UINT64_MAX);
}

TEST(Options, LimitsAreNoneUnlessGiven) {
  const Options none = **Parse({"--backend", "h:1"});
  EXPECT_EQ(none.user_timeout, std::chrono::seconds(60));
  EXPECT_EQ(none.idle_timeout, std::chrono::seconds(60));
  EXPECT_FALSE(none.max_connections || none.max_connections_per_user ||
               none.max_body);
  const Options options =
      **Parse({"--backend", "h:1", "--user-timeout", "2s", "--idle-timeout",
               "3s", "--max-connections", "4", "--max-connections-per-user",
               "5", "--max-body", "0"});
  EXPECT_EQ(options.user_timeout, std::chrono::seconds(2));
  EXPECT_EQ(options.idle_timeout, std::chrono::seconds(3));
  EXPECT_EQ(options.max_connections, 4u);
  EXPECT_EQ(options.max_connections_per_user, 5u);
  EXPECT_EQ(options.max_body, 0u);
}

TEST(Options, CertificatesAndKeysArePairsInOrder) {
  const Options options = **Parse(
      {"--backend", "h:1", "--tls-certificate", "c", "--tls-certificate", "d",
       "--tls-key", "k", "--tls-key", "l", "--handshake-timeout", "2s"});
  EXPECT_EQ(options.tls, (std::vector<TlsFiles>{{"c", "k"}, {"d", "l"}}));
  EXPECT_EQ(options.handshake_timeout, std::chrono::seconds(2));
  EXPECT_TRUE((**Parse({"--backend", "h:1"})).tls.empty());
}

TEST(Options, ProxyProtocolIsOffUnlessGiven) {
  EXPECT_FALSE((**Parse({"--backend", "h:1"})).proxy_protocol);
  EXPECT_TRUE(
      (**Parse({"--backend", "h:1", "--proxy-protocol"})).proxy_protocol);
}

TEST(Options, RetryBudgetOfZeroLeavesNoFloorEither) {
  const Options options = **Parse({"--backend", "h:1", "--retry-budget", "0"});
  EXPECT_EQ(options.retry_budget.ratio, 0);
  EXPECT_EQ(options.retry_budget.floor_per_second, 0);
}

TEST(Options, RecordTakesAFile) {
  EXPECT_EQ((**Parse({"--backend", "h:1", "--record", "r.csv"})).record,
            "r.csv");
}

class OptionsFile : public testing::Test {
 protected:
  // The path of a file of this text.
  std::string FileOf(const std::string& text) const {
    std::ofstream(folder_.File("o")) << text;
    return folder_.File("o");
  }

 private:
  const TemporaryFolder folder_;
};

TEST_F(OptionsFile, ElsTakesItsOptionsFromAFile) {
  const std::string file = FileOf("seed = 3\nturn_limit = 0.25\n");
  const auto options = Parse({"--backend", "h:1", "--options", file.c_str()});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ((*options)->els.turn_limit, 0.25);
  EXPECT_EQ((*options)->els.turn_slope, els::Options().turn_slope);
  EXPECT_EQ((*options)->seed, 0);
  const std::string empty = FileOf("");
  EXPECT_TRUE(Parse({"--backend", "h:1", "--options", empty.c_str()}).ok());
}

TEST_F(OptionsFile, AWrongFileIsNamedWithItsLineAndField) {
  const std::string file = FileOf("# tuned\nturn_limit = 2\n");
  const auto error = [](const std::string& path) {
    return std::string(Parse({"--backend", "h:1", "--options", path.c_str()})
                           .status()
                           .message());
  };
  EXPECT_EQ(error(file), "--options: " + file +
                             ": line 2: turn_limit is \"2\"; it must be a "
                             "number from 0 to 0.9");
  EXPECT_EQ(error("/nowhere"), "--options: cannot read '/nowhere'");
  EXPECT_EQ(error("/tmp"), "--options: cannot read '/tmp'");
  EXPECT_EQ(error(FileOf(std::string(2 << 20, '#'))).find("cannot read"), 11);
}

TEST(Options, HelpNeedsNothingElseAndNamesEveryFlag) {
  const auto parsed = Parse({"--help"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->has_value());
  const std::string help = HelpText();
  for (const char* flag : {"--help",
                           "--listen",
                           "--backend",
                           "--policy",
                           "--timeout",
                           "--connect-timeout",
                           "--retry-budget",
                           "--client-errors",
                           "--max-idle",
                           "--threads",
                           "--seed",
                           "--options",
                           "--record",
                           "--user-timeout",
                           "--idle-timeout",
                           "--max-connections",
                           "--max-connections-per-user",
                           "--max-body",
                           "--tls-certificate",
                           "--tls-key",
                           "--handshake-timeout",
                           "--proxy-protocol"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

struct Wrong {
  std::vector<const char*> flags;
  std::vector<std::string> named;
};

TEST(Options, EveryMistakeIsNamedInOneLine) {
  const std::vector<Wrong> all = {
      {{}, {"--backend"}},
      {{"--backend", "nowhere"}, {"--backend", "'nowhere'"}},
      {{"--backend", "h:0"}, {"--backend", "'h:0'"}},
      {{"--backend", "h:99999"}, {"--backend", "'h:99999'"}},
      {{"--backend", "h:1", "--backend", "h:1"}, {"'h:1'", "twice"}},
      {{"--backend"}, {"--backend"}},
      {{"--backend", "h:1", "--listen", "x"}, {"--listen", "'x'"}},
      {{"--backend", "h:1", "--policy", "best"}, {"--policy", "'best'"}},
      {{"--backend", "h:1", "--timeout", "5"}, {"--timeout", "'5'"}},
      {{"--backend", "h:1", "--timeout", "0s"}, {"--timeout", "'0s'"}},
      {{"--backend", "h:1", "--timeout", "inf"}, {"--timeout", "'inf'"}},
      {{"--backend", "h:1", "--timeout=-1s"}, {"--timeout", "'-1s'"}},
      {{"--backend", "h:1", "--connect-timeout", "2h"},
       {"--connect-timeout", "'2h'"}},
      {{"--backend", "h:1", "--retry-budget", "1.1"},
       {"--retry-budget", "'1.1'"}},
      {{"--backend", "h:1", "--retry-budget=-1"}, {"--retry-budget", "'-1'"}},
      {{"--backend", "h:1", "--retry-budget", "nan"},
       {"--retry-budget", "'nan'"}},
      {{"--backend", "h:1", "--retry-budget", "20%"},
       {"--retry-budget", "'20%'"}},
      {{"--backend", "h:1", "--threads", "0"}, {"--threads", "'0'"}},
      {{"--backend", "h:1", "--max-idle=-1"}, {"--max-idle", "'-1'"}},
      {{"--backend", "h:1", "--seed", "1x"}, {"--seed", "'1x'"}},
      {{"--backend", "h:1", "--seed=18446744073709551616"},
       {"--seed", "'18446744073709551616'"}},
      {{"--backend", "h:1", "--seed", "1", "--seed", "2"}, {"--seed"}},
      {{"--backend", "h:1", "--record", ""}, {"--record", "''"}},
      {{"--backend", "h:1", "--user-timeout", "60"},
       {"--user-timeout", "'60'"}},
      {{"--backend", "h:1", "--idle-timeout", ""}, {"--idle-timeout", "''"}},
      {{"--backend", "h:1", "--max-connections", "0"},
       {"--max-connections", "'0'"}},
      {{"--backend", "h:1", "--max-connections-per-user", "many"},
       {"--max-connections-per-user", "'many'"}},
      {{"--backend", "h:1", "--max-body=-1"}, {"--max-body", "'-1'"}},
      {{"--backend", "h:1", "--tls-certificate", "c"}, {"--tls-key", "0", "1"}},
      {{"--backend", "h:1", "--tls-certificate", "c", "--tls-key", "k",
        "--tls-key", "l"},
       {"--tls-key", "2", "1"}},
      {{"--backend", "h:1", "--handshake-timeout", "0s"},
       {"--handshake-timeout", "'0s'"}},
      {{"--backend", "h:1", "--wrong"}, {"--wrong"}},
      {{"--back", "h:1"}, {"--back"}},
      {{"--backend", "h:1", "left over"}, {"'left over'"}},
  };
  for (const Wrong& wrong : all) {
    const auto parsed = Parse(wrong.flags);
    ASSERT_FALSE(parsed.ok()) << testing::PrintToString(wrong.flags);
    const std::string message(parsed.status().message());
    for (const std::string& named : wrong.named) {
      EXPECT_NE(message.find(named), std::string::npos) << message;
    }
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace access_point
