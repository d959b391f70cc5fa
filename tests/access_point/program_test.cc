// The program itself: its command line, its signals, its exit status.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kListening[] = "listening on 127.0.0.1:";

std::vector<std::string> Command(std::vector<std::string> flags) {
  flags.insert(flags.begin(), ELS_ACCESS_POINT_PROGRAM);
  return flags;
}

std::vector<std::string> Serving(std::uint16_t backend) {
  return Command({"--listen", "127.0.0.1:0", "--timeout", "1h", "--backend",
                  absl::StrCat("127.0.0.1:", backend)});
}

std::uint16_t ListeningPort(Child& program) {
  const std::string line = program.ReadLine();
  EXPECT_TRUE(absl::StartsWith(line, kListening)) << line;
  return static_cast<std::uint16_t>(
      std::stoul(line.substr(sizeof(kListening) - 1)));
}

void ExpectRefusal(const std::vector<std::string>& flags,
                   const std::string& named) {
  Child program(Command(flags));
  EXPECT_EQ(program.Wait(), 2) << named;
  EXPECT_EQ(program.out(), "");
  EXPECT_TRUE(absl::StrContains(program.err(), named)) << program.err();
  EXPECT_EQ(std::count(program.err().begin(), program.err().end(), '\n'), 1)
      << program.err();
}

TEST(Program, MistakesExitWith2AndOneLineThatNamesThem) {
  ExpectRefusal({}, "--backend");
  ExpectRefusal({"--backend", "127.0.0.1:1", "--wrong"}, "--wrong");
  ExpectRefusal({"--backend", "127.0.0.1"}, "'127.0.0.1'");
  ExpectRefusal({"--backend", "127.0.0.1:70000"}, "'127.0.0.1:70000'");
  ExpectRefusal({"--backend", "a:1", "--backend", "a:1"}, "'a:1'");
  ExpectRefusal({"--backend", "127.0.0.1:1", "--policy", "p"}, "'p'");
  ExpectRefusal({"--backend", "127.0.0.1:1", "--listen", "x"}, "'x'");
}

TEST(Program, NameThatDoesNotExistExitsWith2) {
  ExpectRefusal({"--backend", "no-such-host.invalid:80"},
                "'no-such-host.invalid:80'");
}

TEST(Program, PortInUseExitsWith2) {
  ScriptedBackend taken(Always(kOk));
  const std::string address = absl::StrCat("127.0.0.1:", taken.port());
  ExpectRefusal({"--backend", "127.0.0.1:1", "--listen", address},
                "'" + address + "'");
}

TEST(Program, HelpGoesToStandardOutputAndExitsWith0) {
  Child program(Command({"--help"}));
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_TRUE(absl::StrContains(program.out(), "--backend HOST:PORT"));
  EXPECT_EQ(program.err(), "");
}

TEST(Program, SaysWhereItListensInOneLineAndServes) {
  ScriptedBackend backend(Always(kOk));
  Child program(Serving(backend.port()));
  const std::uint16_t port = ListeningPort(program);
  {
    Wire user = Wire::To(port);
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_EQ(program.out(), "");
  EXPECT_EQ(program.err(), "");
}

TEST(Program, BackendMayBeANameAndEveryPolicyServes) {
  ScriptedBackend backend(Always(kOk));
  for (const char* policy : {"els", "round-robin", "least-outstanding"}) {
    Child program(
        Command({"--listen", "localhost:0", "--policy", policy, "--backend",
                 absl::StrCat("localhost:", backend.port())}));
    Wire user = Wire::To(ListeningPort(program));
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }
}

TEST(Program, RetryBudgetOfZeroLeavesTheUserTheFirst5xx) {
  std::atomic<int> requests = 0;
  const auto first_busy = [&](Wire& wire) {
    wire.Read();
    wire.Send(requests++ == 0 ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
                              : kOk);
  };
  ScriptedBackend one(first_busy), other(first_busy);
  Child program(
      Command({"--listen", "127.0.0.1:0", "--timeout", "1h", "--retry-budget",
               "0", "--backend", absl::StrCat("127.0.0.1:", one.port()),
               "--backend", absl::StrCat("127.0.0.1:", other.port())}));
  Wire user = Wire::To(ListeningPort(program));
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), "HTTP/1.1 503 Busy");
  EXPECT_EQ(requests, 1);
}

TEST(Program, EveryAddressOfANameIsABackendOfItsOwn) {
  constexpr char kOther[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother";
  ScriptedBackend one(Always(kOk));
  ScriptedBackend other(Always(kOther), "127.0.0.2", one.port());
  // No address counts twice because it is given twice.
  Child program({"env", "LD_PRELOAD=" ELS_TWO_ADDRESSES,
                 ELS_ACCESS_POINT_PROGRAM, "--listen", "127.0.0.1:0",
                 "--timeout", "1h", "--policy", "round-robin", "--backend",
                 absl::StrCat("two.test:", one.port()), "--backend",
                 absl::StrCat("127.0.0.1:", one.port())});
  Wire user = Wire::To(ListeningPort(program));
  std::map<std::string, int> answers;
  for (int i = 0; i < 20; ++i) {
    user.Send(kGet);
    ++answers[user.Read().body];
  }
  EXPECT_EQ(answers, (std::map<std::string, int>{{"ok", 10}, {"other", 10}}));
}

// With so few open files that not all users can be served.
class Exhausted : public testing::Test {
 protected:
  static constexpr int kMostFiles = 60;
  static constexpr int kUsers = 100;

  std::vector<std::string> Limited() const {
    return {"sh", "-c",
            absl::StrCat("ulimit -n ", kMostFiles,
                         "; exec " ELS_ACCESS_POINT_PROGRAM
                         " --listen 127.0.0.1:0 --timeout 1h --backend "
                         "127.0.0.1:",
                         backend_.port())};
  }

  ScriptedBackend backend_{Always(kOk)};
  Child program_{Limited()};
  const std::uint16_t port_ = ListeningPort(program_);
};

TEST_F(Exhausted, UsersAreServedOrRefusedAndNoneGetsABadGateway) {
  std::vector<std::unique_ptr<Wire>> users;
  for (int i = 0; i < kUsers; ++i) users.push_back(Wire::New(port_));
  int served = 0;
  for (const auto& user : users) {
    std::string answer;
    try {
      user->Send(kGet);
      answer = user->Read().head;
    } catch (const std::exception&) {
      continue;  // Refused, and gone before the request came.
    }
    if (absl::StartsWith(answer, "HTTP/1.1 200 ")) {
      ++served;
    } else {
      EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 503 ")) << answer;
      EXPECT_TRUE(absl::StrContains(answer, "\r\nRetry-After: ")) << answer;
    }
  }
  EXPECT_GE(served, kMostFiles / 4);
  EXPECT_LE(served, kMostFiles / 2);
  users.clear();
  // It has heard of their leaving once it serves another.
  for (std::string body; body != "ok";) {
    Wire user = Wire::To(port_);
    try {
      user.Send(kGet);
      body = user.Read().body;
    } catch (const std::exception&) {
    }
  }
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.Wait(), 0);
  EXPECT_EQ(std::count(program_.err().begin(), program_.err().end(), '\n'), 1)
      << program_.err();
  EXPECT_TRUE(absl::StrContains(program_.err(), "open files"));
}

// A request that hangs at the backend until told to go on.
class Hanging : public testing::Test {
 protected:
  void SetUp() override {
    user_.Send(kGet);
    waiting_.Take();
  }

  // Until it no longer accepts, and so has heard the signal.
  void AwaitStop() {
    std::string rest;
    idle_.ReadToEnd(rest);
  }

  Channel<bool> waiting_, go_on_;
  ScriptedBackend backend_{[this](Wire& wire) {
    wire.Read();
    waiting_.Put(true);
    go_on_.Take();
    wire.Send(kOk);
  }};
  Child program_{Serving(backend_.port())};
  const std::uint16_t port_ = ListeningPort(program_);
  Wire idle_ = Wire::To(port_);
  Wire user_ = Wire::To(port_);
};

TEST_F(Hanging, SigtermLetsTheRequestFinishAndExitsWith0) {
  program_.Signal(SIGTERM);
  AwaitStop();
  EXPECT_THROW(Wire::To(port_), std::exception);
  go_on_.Put(true);
  EXPECT_EQ(user_.Read().body, "ok");
  EXPECT_EQ(user_.ReadToFin(), "");
  user_.Close();
  EXPECT_EQ(program_.Wait(), 0);
}

TEST_F(Hanging, SignalsToReloadEndNothing) {
  for (const int signal : {SIGHUP, SIGUSR1, SIGHUP}) program_.Signal(signal);
  go_on_.Put(true);
  EXPECT_EQ(user_.Read().body, "ok");
  user_.Send(kGet);
  waiting_.Take();
  go_on_.Put(true);
  EXPECT_EQ(user_.Read().body, "ok");
  user_.Close();
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.Wait(), 0);
  EXPECT_TRUE(absl::StrContains(program_.err(), "changes nothing"));
}

TEST_F(Hanging, SecondSignalExitsWith1AtOnce) {
  program_.Signal(SIGTERM);
  AwaitStop();
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.Wait(), 1);
  go_on_.Put(true);
}

}  // namespace
}  // namespace access_point
