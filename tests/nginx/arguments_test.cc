// What `nginx -t` says of the directive "els".

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/nginx/nginx.h"

namespace nginx_module {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kServers[] = "server 127.0.0.1:1; server 127.0.0.1:2;\n";

void ExpectRefused(const std::string& els, const std::string& why,
                   const std::string& options = "") {
  const Verdict verdict = Check(absl::StrCat(kServers, els), options);
  EXPECT_EQ(verdict.status, 1) << els;
  EXPECT_THAT(verdict.said, HasSubstr(why)) << els;
  // The block begins there.
  EXPECT_THAT(verdict.said, testing::ContainsRegex("nginx.conf:1[0-9]")) << els;
}

TEST(NginxArguments, TheyMayBeNoneOrAnyOptionOrAFile) {
  for (const char* els :
       {"els;", "els latency=header;",
        "els latency=body client_errors=success;",
        "els turn_limit=0.1 choice=power-of-two latency_memory=1m30s;",
        "els options=options.txt turn_limit=0.1;", "els; keepalive 32;",
        "zone api 64k; els; keepalive 32;"}) {
    const Verdict verdict =
        Check(absl::StrCat(kServers, els), "turn_limit = 0.2 # of late\n");
    EXPECT_EQ(verdict.status, 0) << els << verdict.said;
    EXPECT_THAT(verdict.said, Not(HasSubstr("[warn]"))) << els;
  }
}

TEST(NginxArguments, AWrongOneIsExplainedWithItsLine) {
  ExpectRefused("els turn_limit=5;",
                "els: turn_limit is \"5\"; it must be a number from 0 to 0.9");
  ExpectRefused("els turn_limit=0.1 turn_limit=0.2;",
                "els: turn_limit is given twice");
  ExpectRefused("els latency_memory=3;",
                "els: latency_memory is \"3\"; it "
                "must be a duration");
  ExpectRefused("els choice=best;",
                "els: choice is \"best\"; it must be one of lowest");
  ExpectRefused("els no_such=1;", "els: there is no option \"no_such\"");
  ExpectRefused("els no_such=1;", "options, latency, client_errors");
  ExpectRefused("els fast;", "els: \"fast\" is not of the form name = value");
  ExpectRefused("els 'turn_limit=0.1 # so';", "is not of the form name=value");
  ExpectRefused("els latency=first;",
                "els: latency is \"first\"; it must be one of header, body");
  ExpectRefused("els latency=body latency=body;",
                "els: latency= is given twice");
  ExpectRefused("els client_errors=bad;",
                "els: client_errors is \"bad\"; it "
                "must be one of neutral, success");
}

TEST(NginxArguments, AFileThatIsWrongOrMissingIsNamedWithTheLineInIt) {
  ExpectRefused("els options=options.txt;",
                "options.txt, line 2: turn_limit is \"7\"; it must be",
                "turn_slope = 1\nturn_limit = 7\n");
  ExpectRefused("els options=missing.txt;", "missing.txt\" failed (2: No such");
  ExpectRefused("els options=;", "failed");
  ExpectRefused("els options=options.txt;", "is too large",
                std::string(70000, '\n'));
}

TEST(NginxArguments, ItStandsOnceBeforeKeepaliveAndAlone) {
  ExpectRefused("els; els;", "\"els\" directive is duplicate");
  ExpectRefused("keepalive 8; els;", "must come before \"keepalive\"");
  ExpectRefused("least_conn; els;", "takes the place of every other method");
  ExpectRefused("els; least_conn;", "is followed by another method");
  ExpectRefused("els; keepalive 8; ip_hash;", "is followed by another method");
}

TEST(NginxArguments, MaxFailsWithoutBackupServersIsCalledOfNoEffect) {
  constexpr char kNoEffect[] = "[warn]";
  for (const char* server : {"server 127.0.0.1:3 max_fails=3;",
                             "server 127.0.0.1:3 fail_timeout=5;"}) {
    const Verdict verdict = Check(absl::StrCat(kServers, server, "els;"));
    EXPECT_EQ(verdict.status, 0);
    EXPECT_THAT(verdict.said, HasSubstr(kNoEffect)) << server;
    EXPECT_THAT(verdict.said, HasSubstr("\"127.0.0.1:3\"")) << server;
    EXPECT_THAT(
        Check(absl::StrCat(kServers, server, "server 127.0.0.1:4 backup; els;"))
            .said,
        Not(HasSubstr(kNoEffect)));
  }
  EXPECT_THAT(
      Check(absl::StrCat(kServers, "server 127.0.0.1:3 max_fails=0; els;"))
          .said,
      Not(HasSubstr(kNoEffect)));
}

TEST(NginxArguments, TheReadmeShowsAConfigurationThatNginxTakes) {
  std::ostringstream readme;
  readme << std::ifstream(ELS_NGINX_README).rdbuf();
  constexpr std::string_view kBegin = "```nginx\n";
  const std::size_t begin = readme.str().find(kBegin) + kBegin.size();
  const std::string shown =
      readme.str().substr(begin, readme.str().find("```", begin) - begin);
  ASSERT_THAT(shown, HasSubstr("els;"));
  // A port that nobody else has.
  const access_point::DeadPort port;
  const Verdict verdict = CheckHttp(absl::StrReplaceAll(
      shown, {{"127.0.0.1:8080",
               absl::StrCat("127.0.0.1:", port.port(), " reuseport")}}));
  EXPECT_EQ(verdict.status, 0) << verdict.said;
}

}  // namespace
}  // namespace nginx_module
