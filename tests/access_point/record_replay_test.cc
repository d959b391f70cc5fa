// From real traffic to a scenario: the access point records what three real
// servers do, els-sim fits it and replays it.

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

std::uint16_t PortIn(const std::string& line) {
  EXPECT_TRUE(absl::StartsWith(line, "listening on ")) << line;
  return static_cast<std::uint16_t>(
      std::stoul(line.substr(line.rfind(':') + 1)));
}

std::string Content(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

// els-demo-backend, of exponential service times.
class Server {
 public:
  explicit Server(const std::vector<std::string>& flags)
      : program_(Command(flags)), port_(PortIn(program_.ReadLine())) {}
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  static std::vector<std::string> Command(std::vector<std::string> flags) {
    flags.insert(flags.begin(), ELS_DEMO_BACKEND);
    return flags;
  }

  Child program_;
  const std::uint16_t port_;
};

class RecordReplay : public testing::Test {
 protected:
  RecordReplay() { std::filesystem::create_directory(folder_); }
  ~RecordReplay() override { std::filesystem::remove_all(folder_); }

  std::string File(const char* name) const { return folder_ / name; }

  // So many requests over each of four connections at a time, recorded.
  void Record(const std::vector<std::string>& backends, int each) const {
    std::vector<std::string> command = {ELS_ACCESS_POINT_PROGRAM,
                                        "--listen",
                                        "127.0.0.1:0",
                                        "--policy",
                                        "round-robin",
                                        "--seed",
                                        "1",
                                        "--timeout",
                                        "1h",
                                        "--record",
                                        File("r.csv")};
    for (const std::string& backend : backends) {
      command.insert(command.end(), {"--backend", backend});
    }
    Child program(command);
    const std::uint16_t port = PortIn(program.ReadLine());
    std::vector<std::thread> users;
    for (int i = 0; i < 4; ++i) {
      users.emplace_back([port, each] {
        Wire user = Wire::To(port);
        for (int k = 0; k < each; ++k) {
          user.Send(kGet);
          user.Read();
        }
      });
    }
    for (std::thread& user : users) user.join();
    program.Signal(SIGTERM);
    EXPECT_EQ(program.Wait(), 0) << program.err();
    EXPECT_EQ(program.err(), "");
  }

  static std::string ElsSim(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ELS_SIM_PROGRAM);
    Child program(arguments);
    EXPECT_EQ(program.Wait(), 0) << program.err();
    return program.out();
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      absl::StrCat("els_record_replay_", ::getpid());
};

// The value after `name = ` on the first line after `from` that has it.
double ValueAfter(const std::string& text, const std::string& from,
                  const std::string& name) {
  const std::size_t begin = text.find(name + " = ", text.find(from));
  EXPECT_NE(begin, text.npos) << name << " after " << from << " in\n" << text;
  return begin == text.npos ? 0
                            : std::stod(text.substr(begin + name.size() + 3));
}

TEST_F(RecordReplay, SlowAndFailingServersAreInTheFittedScenarioAsSuch) {
  const Server good({"--mean-ms", "4", "--seed", "1"});
  const Server slow({"--mean-ms", "40", "--seed", "2"});
  const Server failing({"--mean-ms", "4", "--failing", "0.5", "--seed", "3"});
  Record({good.address(), slow.address(), failing.address()}, 60);

  const std::string fit =
      ElsSim({"fit", File("r.csv"), "--out", File("fitted.toml")});
  EXPECT_TRUE(absl::StrContains(fit, "requests")) << fit;
  ElsSim({"check", File("fitted.toml")});
  const std::string scenario = Content(File("fitted.toml"));
  // Of what is 10 and 0.5: about 80 exponential times and coins each, on a
  // machine that may be busy, which makes the fast ones slower.
  EXPECT_GT(ValueAfter(scenario, "# 1", "slowness"), 2) << fit;
  const double rate = ValueAfter(scenario, "# 2", "failure_rate");
  EXPECT_NEAR(rate, 0.5, 0.25) << fit;
  EXPECT_TRUE(absl::StrContains(scenario, "retries = { most = 1 }"));

  // All 240 requests, and none of the second attempts.
  const std::string replay =
      ElsSim({"replay", File("r.csv"), "--scenario", File("fitted.toml"),
              "--policy", "els", "round-robin", "--seeds", "2"});
  EXPECT_TRUE(absl::StrContains(replay, "r.csv: 240 requests, ")) << replay;
  EXPECT_TRUE(absl::StrContains(replay, "\nels ")) << replay;
}

}  // namespace
}  // namespace access_point
