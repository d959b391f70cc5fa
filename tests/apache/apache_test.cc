// Debian's Apache httpd with els inside, beside its own bybusyness.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/access_point/chaos.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace apache_module {
namespace {

using access_point::Child;
using access_point::DeadPort;
using access_point::Eventually;
using access_point::Fleet;
using access_point::Load;
using access_point::Wire;

constexpr int kRequests = 3000;
constexpr int kPerSecond = 800;

std::string Configuration(const std::string& balancer,
                          const std::string& folder, std::uint16_t port) {
  std::string modules;
  for (const char* name :
       {"mpm_event", "authz_core", "proxy", "proxy_http", "proxy_balancer",
        "slotmem_shm", "lbmethod_bybusyness"}) {
    absl::StrAppend(&modules, "LoadModule ", name,
                    "_module " ELS_APACHE_MODULES "/mod_", name, ".so\n");
  }
  return absl::StrCat(modules,
                      "LoadModule lbmethod_els_module " ELS_APACHE_MODULE "\n",
                      ::geteuid() == 0 ? "User nobody\nGroup nogroup\n" : "",
                      "ServerRoot ", folder, "\nDefaultRuntimeDir ", folder,
                      "\nPidFile ", folder, "pid\nErrorLog ", folder,
                      "error.log\nServerName a\nListen 127.0.0.1:", port,
                      "\nServerLimit 1\nStartServers 1\nThreadsPerChild 128\n"
                      "MaxRequestWorkers 128\n",
                      balancer, "\nProxyPass / balancer://api/\n");
}

std::string Balancer(const std::vector<std::uint16_t>& ports,
                     const std::string& method) {
  std::string text = "<Proxy balancer://api>\n";
  for (const std::uint16_t port : ports) {
    absl::StrAppend(&text, "BalancerMember http://127.0.0.1:", port,
                    " retry=0\n");
  }
  return absl::StrCat(text, "ProxySet lbmethod=", method, "\n</Proxy>");
}

class Apache {
 public:
  explicit Apache(const std::string& balancer) {
    // Another program may take a port that was free a moment ago.
    for (int i = 0; i < 5; ++i) {
      port_ = DeadPort().port();
      const std::string file = folder_.File("httpd.conf");
      std::ofstream(file) << Configuration(balancer, folder_.File(""), port_);
      program_ = std::make_unique<Child>(
          std::vector<std::string>{ELS_APACHE, "-DFOREGROUND", "-f", file});
      if (Listens()) return;
      program_->Signal(SIGKILL);
    }
    throw std::runtime_error(ErrorLog());
  }

  std::uint16_t port() const { return port_; }

  std::string ErrorLog() const {
    std::ostringstream log;
    log << std::ifstream(folder_.File("error.log")).rdbuf();
    return log.str();
  }

  void Reload() const { program_->Signal(SIGUSR1); }

  int Quit() {
    program_->Signal(SIGTERM);
    return program_->Wait();
  }

 private:
  bool Listens() const {
    return Eventually([this] {
      try {
        Wire wire = Wire::To(port_);
        wire.Send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        wire.Read();
        return true;
      } catch (const std::exception&) {
        return false;
      }
    });
  }

  TemporaryFolder folder_;
  std::unique_ptr<Child> program_;
  std::uint16_t port_ = 0;
};

struct Served {
  int by_bad = 0;                   // Of kRequests.
  int whole = 0;                    // Answers, as users see them.
  std::map<std::string, int> ends;  // Of requests.
};

Served Serve(Fleet& fleet, const std::string& method,
             const std::string& fault) {
  if (!fault.empty()) fleet.bad.Turn(fault);
  const int before = fleet.bad.Requests();
  Apache apache(Balancer(fleet.Ports(), method));
  Load load(apache.port(), kPerSecond, kRequests);
  Served served = {.ends = load.Wait()};
  served.whole = served.ends[""];
  served.by_bad = fleet.bad.Requests() - before;
  EXPECT_EQ(apache.Quit(), 0);
  std::cout << "a server that is " << (fault.empty() ? "slow" : fault) << ", "
            << method << ": " << 100.0 * served.by_bad / kRequests
            << " % of requests, " << served.whole << " whole answers of "
            << kRequests << std::endl;
  return served;
}

void Compare(const std::string& fault) {
  Fleet fleet;
  const Served els = Serve(fleet, "els", fault);
  const Served own = Serve(fleet, "bybusyness", fault);
  EXPECT_LT(els.by_bad, 0.005 * kRequests);
  EXPECT_GT(own.by_bad, kRequests / 4);
  EXPECT_GE(els.whole, own.whole);
}

TEST(Apache, AServerThatAnswers503AtOnceGetsNextToNothing) { Compare("busy"); }

TEST(Apache, AServerThatCutsItsAnswersGetsNextToNothing) { Compare("cut"); }

TEST(Apache, AServerTenTimesSlowerGetsTheLeast) {
  Fleet fleet(10 * Fleet::kUsualMs);
  const Served els = Serve(fleet, "els", "");
  EXPECT_EQ(els.whole, kRequests);
  EXPECT_LT(els.by_bad, kRequests / 20);
}

TEST(Apache, ARefusingServerIsSeldomAskedAndNoUserSeesIt) {
  Fleet fleet;
  fleet.bad.Kill();
  Apache apache(Balancer(fleet.Ports(), "els"));
  Load load(apache.port(), kPerSecond, kRequests);
  std::map<std::string, int> ends = load.Wait();
  EXPECT_EQ(ends[""], kRequests);
  EXPECT_EQ(apache.Quit(), 0);
  const std::vector<std::string> parts =
      absl::StrSplit(apache.ErrorLog(), "Connection refused");
  std::cout << "tries of a server that refuses: " << parts.size() - 1 << " for "
            << kRequests << " requests" << std::endl;
  EXPECT_GT(parts.size(), 1u);
  EXPECT_LT(parts.size() - 1, 0.005 * kRequests);
}

// Httpd repeats no request that a worker has been sent.
TEST(Apache, AFrozenServerCostsFewRequests) {
  Fleet fleet;
  fleet.bad.Freeze();
  std::string balancer = Balancer(fleet.Ports(), "els");
  Apache apache(absl::StrReplaceAll(balancer, {{"retry", "timeout=1 retry"}}));
  Load load(apache.port(), kPerSecond, kRequests);
  const int whole = load.Wait()[""];
  fleet.bad.Thaw();
  std::cout << "a frozen server: " << whole << " whole answers of " << kRequests
            << std::endl;
  EXPECT_GT(whole, 0.98 * kRequests);
  EXPECT_EQ(apache.Quit(), 0);
}

TEST(Apache, AReloadUnderLoadLosesNoRequest) {
  Fleet fleet;
  // A process that leaves closes the connections of users that are idle.
  Apache apache("KeepAlive off\n" + Balancer(fleet.Ports(), "els"));
  Load load(apache.port(), 400, 1600);
  for (int i = 1; i <= 3; ++i) {
    load.AwaitBegun(i * 400);
    apache.Reload();
  }
  std::map<std::string, int> ends = load.Wait();
  EXPECT_THAT(ends, testing::ElementsAre(testing::Pair("", 1600)));
  EXPECT_EQ(apache.Quit(), 0);
}

// What httpd says of a configuration.
std::string Checked(const std::string& balancer) {
  const TemporaryFolder folder;
  const std::string file = folder.File("httpd.conf");
  std::ofstream(file) << Configuration(balancer, folder.File(""), 1);
  Child program({ELS_APACHE, "-t", "-f", file});
  program.Wait();
  return program.err();
}

TEST(Apache, AWrongOptionIsExplainedWithItsLine) {
  const std::string balancer = "\n" + Balancer({1}, "els");
  EXPECT_THAT(Checked("ElsOptions latency_memory=5s tail=1" + balancer),
              testing::HasSubstr("Syntax OK"));
  EXPECT_THAT(Checked("ElsOptions tail=11" + balancer),
              testing::AllOf(testing::HasSubstr("Syntax error on line"),
                             testing::HasSubstr("ElsOptions: tail is \"11\"")));
  EXPECT_THAT(Checked("ElsOptions latency_memory=5s speed=1" + balancer),
              testing::HasSubstr("ElsOptions: there is no option \"speed\""));
}

}  // namespace
}  // namespace apache_module
