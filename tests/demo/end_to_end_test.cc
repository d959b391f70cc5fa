// The programs as `./dev demo` runs them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "examples/demo/child.h"
#include "tests/demo/run_to_end.h"
#include "tests/temporary_folder.h"

namespace demo {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Contents(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

// The processes whose parent is `parent`, and whose command line has `part`.
std::vector<pid_t> ChildrenOf(pid_t parent, const std::string& part) {
  std::vector<pid_t> children;
  const std::string line = "\nPPid:\t" + std::to_string(parent) + "\n";
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid == 0) continue;
    if (Contents(entry.path() / "status").find(line) == std::string::npos ||
        Contents(entry.path() / "cmdline").find(part) == std::string::npos) {
      continue;
    }
    children.push_back(pid);
  }
  return children;
}

bool Exists(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

class Demo : public ::testing::Test {
 protected:
  // Runs els-demo with the flags given besides the programs.
  void Start(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {ELS_DEMO, "--access-point", ELS_ACCESS_POINT,
                                 "--backend", ELS_DEMO_BACKEND});
    demo_.emplace(io_.get_executor(), "els-demo", flags);
  }

  // Runs it until its five servers are up, and returns those.
  std::vector<pid_t> StartAndAwaitServers() {
    Start({"--seconds", "60"});
    std::vector<pid_t> servers;
    while (servers.size() < 5) servers = ChildrenOf(demo_->pid(), "");
    return servers;
  }

  // What it prints from now on.
  std::string Output() {
    std::string output;
    while (const auto line = RunToEnd(io_, demo_->ReadLine())) {
      output += *line + "\n";
    }
    return output;
  }

  boost::asio::io_context io_{1};
  std::optional<Child> demo_;
};

TEST_F(Demo, ComparesThreePoliciesAndWritesThePage) {
  const TemporaryFolder folder;
  const std::string page = folder.File("demo.html");
  Start({"--seconds", "3", "--html", page, "--made-by", "a test"});
  const std::string output = Output();
  EXPECT_THAT(demo_->WhyEnded(), HasSubstr("(exit status 0)"));
  EXPECT_THAT(output, HasSubstr("round-robin   least-outstanding"));
  EXPECT_THAT(output, HasSubstr("share of failing"));
  EXPECT_THAT(output, HasSubstr("the fewest errors"));
  EXPECT_THAT(Contents(page),
              AllOf(HasSubstr("<code>a test</code>"), HasSubstr("</html>")));
}

TEST_F(Demo, LeavesNothingRunningAfterCtrlC) {
  const auto servers = StartAndAwaitServers();
  kill(demo_->pid(), SIGINT);
  Output();
  EXPECT_THAT(demo_->WhyEnded(), HasSubstr("(exit status 130)"));
  for (const pid_t server : servers) EXPECT_FALSE(Exists(server));
}

TEST_F(Demo, LeavesNothingRunningWhenItIsKilled) {
  // Orphans come to this process, which can then wait for them.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const auto servers = StartAndAwaitServers();
  kill(demo_->pid(), SIGKILL);
  Output();
  EXPECT_THAT(demo_->WhyEnded(), HasSubstr("(signal 9)"));
  for (const pid_t server : servers) {
    EXPECT_EQ(waitpid(server, nullptr, 0), server);
  }
}

TEST_F(Demo, NamesTheServerThatDied) {
  const auto servers = StartAndAwaitServers();
  const auto slow = ChildrenOf(demo_->pid(), "slow");
  ASSERT_EQ(slow.size(), 1u);
  kill(slow.front(), SIGKILL);
  Output();
  EXPECT_THAT(demo_->WhyEnded(),
              AllOf(HasSubstr("(exit status 1)"),
                    HasSubstr("backend slow ended unexpectedly (signal 9)")));
  for (const pid_t server : servers) EXPECT_FALSE(Exists(server));
}

TEST_F(Demo, TellsABadFlagInOneLineAndStartsNothing) {
  Start({"--seconds", "0"});
  EXPECT_EQ(Output(), "");
  EXPECT_EQ(demo_->WhyEnded(),
            "els-demo ended unexpectedly (exit status 2); its standard error: "
            "els-demo: --seconds: 0 is not within 1 to 600");
}

}  // namespace
}  // namespace demo
