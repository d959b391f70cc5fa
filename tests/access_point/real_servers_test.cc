// With programs that others wrote on both sides: nginx and curl.

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace access_point {
namespace {

constexpr std::size_t kTenMegabytes = 10'000'000;
constexpr std::size_t kTwoMegabytes = 2'000'000;

void Write(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

std::string Content(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

// nginx that serves and takes files under /, and answers /busy with 503.
class Nginx {
 public:
  Nginx() {
    // It listens by the time it says which method it waits with.
    std::string line;
    do {
      line = program_.ReadLine();
      if (line.empty()) throw std::runtime_error("nginx does not start");
    } while (!absl::StrContains(line, "event method"));
  }

  std::uint16_t port() const { return port_.port(); }
  std::string File(const std::string& name) const {
    return directory_.File("root/" + name);
  }

  // Lets it finish; "CONNECTION METHOD STATUS" of each request, in lines.
  std::string StopAndGetLog() {
    program_.Signal(SIGQUIT);
    EXPECT_EQ(program_.Wait(), 0) << program_.out();
    return Content(directory_.File("access.log"));
  }

 private:
  std::string Configuration() const {
    return absl::StrCat(
        "daemon off; master_process off; pid nginx.pid;\n"
        "error_log stderr notice;\n"
        "events { worker_connections 64; }\n"
        "http {\n"
        "  log_format short '$connection $request_method $status';\n"
        "  access_log access.log short;\n"
        "  client_body_temp_path tmp; proxy_temp_path tmp;\n"
        "  fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;\n"
        "  client_max_body_size 100m;\n"
        "  server {\n"
        "    listen 127.0.0.1:",
        port(),
        " reuseport;\n"
        "    root root;\n"
        "    dav_methods PUT;\n"
        "    location = /busy { return 503; }\n"
        "  }\n"
        "}\n");
  }

  std::vector<std::string> Command() const {
    std::filesystem::create_directory(directory_.File("root"));
    Write(directory_.File("nginx.conf"), Configuration());
    return {"sh", "-c",
            absl::StrCat("exec " ELS_NGINX " -e stderr -c nginx.conf -p ",
                         directory_.File(""), " 2>&1")};
  }

  TemporaryFolder directory_;
  DeadPort port_;  // Held for nginx, which listens on the same one.
  Child program_{Command()};
};

TEST(Nginx, FileOfTenMegabytesArrivesUnchangedAndHeadTellsItsLength) {
  Nginx nginx;
  const std::string content = Noise(kTenMegabytes);
  Write(nginx.File("big"), content);
  RunningProxy proxy({nginx.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(user.Read().body == content);
  user.Send("HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(user.ReadBodiless().Field("Content-Length"), "10000000");
}

TEST(Nginx, ConnectionIsKeptAndOnly5xxIsAFailure) {
  Nginx nginx;
  Write(nginx.File("small"), "small");
  RunningProxy proxy({nginx.port()});
  Wire user = Wire::To(proxy.port());
  for (const char* path : {"small", "none", "busy"}) {
    user.Send(absl::StrCat("GET /", path, " HTTP/1.1\r\nHost: a\r\n\r\n"));
    user.Read();
  }
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).neutral, 1u);
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
  const std::string log = nginx.StopAndGetLog();
  const std::string connection = log.substr(0, log.find(' '));
  EXPECT_EQ(log, absl::StrCat(connection, " GET 200\n", connection,
                              " GET 404\n", connection, " GET 503\n"));
}

TEST(Curl, UploadOfUnknownLengthIsStoredUnchanged) {
  Nginx nginx;
  RunningProxy proxy({nginx.port()});
  TemporaryFolder directory;
  const std::string content = Noise(kTwoMegabytes);
  Write(directory.File("upload"), content);
  Child curl(
      {"sh", "-c",
       absl::StrCat(ELS_CURL " -sS -o /dev/null -w '%{http_code}' -T - "
                             "http://127.0.0.1:",
                    proxy.port(), "/stored < ", directory.File("upload"))});
  EXPECT_EQ(curl.Wait(), 0) << curl.err();
  EXPECT_EQ(curl.out(), "201");
  EXPECT_TRUE(Content(nginx.File("stored")) == content);
}

TEST(Curl, PostThatWaitsForContinueIsServed) {
  ScriptedBackend backend([](Wire& wire) {
    EXPECT_EQ(wire.ReadBodiless().Field("Expect"), "100-continue");
    wire.Send("HTTP/1.1 100 Continue\r\n\r\n");
    const std::string body = wire.ReadBytes(5);
    wire.Send(
        absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", body));
  });
  RunningProxy proxy({backend.port()});
  // Without the 100 it would wait for the backend's patience, not its own.
  Child curl({ELS_CURL, "-sS", "--expect100-timeout", "600", "-H",
              "Expect: 100-continue", "-d", "hello",
              absl::StrCat("http://127.0.0.1:", proxy.port(), "/")});
  EXPECT_EQ(curl.Wait(), 0) << curl.err();
  EXPECT_EQ(curl.out(), "hello");
}

TEST(Curl, HeadAndHttp10AreServed) {
  Nginx nginx;
  Write(nginx.File("small"), "small");
  RunningProxy proxy({nginx.port()});
  const std::string url =
      absl::StrCat("http://127.0.0.1:", proxy.port(), "/small");
  Child head({ELS_CURL, "-sSI", url});
  EXPECT_EQ(head.Wait(), 0) << head.err();
  EXPECT_TRUE(absl::StrContains(head.out(), "Content-Length: 5\r\n"));
  Child old({ELS_CURL, "-sS", "--http1.0", url});
  EXPECT_EQ(old.Wait(), 0) << old.err();
  EXPECT_EQ(old.out(), "small");
}

TEST(Curl, TruncatedDownloadIsAnError) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  });
  RunningProxy proxy({backend.port()});
  Child curl({ELS_CURL, "-sS", "-o", "/dev/null",
              absl::StrCat("http://127.0.0.1:", proxy.port(), "/")});
  EXPECT_NE(curl.Wait(), 0);
}

}  // namespace
}  // namespace access_point
