#include "examples/demo/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/demo/run_to_end.h"

namespace demo {
namespace {

using ::testing::HasSubstr;

class ChildTest : public ::testing::Test {
 protected:
  std::unique_ptr<Child> Shell(const std::string& script) {
    return std::make_unique<Child>(
        io_.get_executor(), "the shell",
        std::vector<std::string>{"/bin/sh", "-c", script});
  }

  boost::asio::io_context io_{1};
};

TEST_F(ChildTest, GivesItsOutputLineByLine) {
  const auto child = Shell("echo one; echo two");
  EXPECT_EQ(RunToEnd(io_, child->ReadLine()), "one");
  EXPECT_EQ(RunToEnd(io_, child->ReadLine()), "two");
  EXPECT_EQ(RunToEnd(io_, child->ReadLine()), std::nullopt);
}

TEST_F(ChildTest, IsGoneOnceDestroyed) {
  auto child = Shell("echo ready; exec sleep 1000");
  RunToEnd(io_, child->ReadLine());
  const pid_t pid = child->pid();
  EXPECT_EQ(kill(pid, 0), 0);
  child.reset();
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(ChildTest, TellsHowItEndedAndWhatItComplainedOf) {
  const auto child = Shell("echo no such port >&2; exit 3");
  EXPECT_EQ(RunToEnd(io_, child->ReadLine()), std::nullopt);
  EXPECT_EQ(child->WhyEnded(),
            "the shell ended unexpectedly (exit status 3); its standard error: "
            "no such port");
}

TEST_F(ChildTest, TellsThatItsProgramCannotBeRun) {
  Child child(io_.get_executor(), "it", {"/no/such/program"});
  EXPECT_EQ(RunToEnd(io_, child.ReadLine()), std::nullopt);
  EXPECT_THAT(child.WhyEnded(),
              HasSubstr("/no/such/program: No such file or directory"));
}

TEST_F(ChildTest, ThrowsFromWatchWhenItIsKilled) {
  const auto child = Shell("echo ready; exec sleep 1000");
  RunToEnd(io_, child->ReadLine());
  kill(child->pid(), SIGKILL);
  try {
    RunToEnd(io_, child->Watch());
    ADD_FAILURE() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the shell ended unexpectedly "
                                        "(signal 9)"));
  }
}

TEST_F(ChildTest, IsNotBlockedByOutputThatNobodyWants) {
  // More than a pipe holds, to both.
  const auto child =
      Shell("head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero; exit 7");
  try {
    RunToEnd(io_, child->Watch());
    ADD_FAILURE() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("exit status 7"));
  }
}

TEST_F(ChildTest, EndsAWatchQuietlyWhenDestroyed) {
  auto child = Shell("exec sleep 1000");
  auto watch =
      boost::asio::co_spawn(io_, child->Watch(), boost::asio::use_future);
  io_.poll();
  child.reset();
  io_.run();
  EXPECT_NO_THROW(watch.get());
}

TEST_F(ChildTest, HearsNoSignalToItsParentsGroup) {
  const auto child = Shell("echo ready; exec sleep 1000");
  RunToEnd(io_, child->ReadLine());
  EXPECT_EQ(getpgid(child->pid()), child->pid());
}

TEST_F(ChildTest, DiesWithItsParent) {
  // Orphans come to this process, which can then wait for them.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    boost::asio::io_context io(1);
    const Child child(io.get_executor(), "it", {"/bin/sleep", "1000"});
    const pid_t pid = child.pid();
    if (write(pipe[1], &pid, sizeof pid) != sizeof pid) _exit(1);
    pause();
  }
  pid_t orphan = 0;
  ASSERT_EQ(read(pipe[0], &orphan, sizeof orphan),
            static_cast<ssize_t>(sizeof orphan));
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  int status = 0;
  EXPECT_EQ(waitpid(orphan, &status, 0), orphan);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 1);
}

}  // namespace
}  // namespace demo
