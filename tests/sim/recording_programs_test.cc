// The logs of real nginx and HAProxy, in the forms that their users choose.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "tests/sim/recording_setup.h"

namespace els_sim {
namespace {

// Two servers, of which one is a little slow and fails below /bad, a socket at
// which nobody listens, and a proxy before them, all on sockets in DIR.
constexpr const char* kNginxConf = R"(
worker_processes 1;
pid DIR/nginx.pid;
error_log DIR/error.log;
events {}
http {
  access_log off;
  client_body_temp_path DIR/body;
  proxy_temp_path DIR/proxy;
  fastcgi_temp_path DIR/fastcgi;
  uwsgi_temp_path DIR/uwsgi;
  scgi_temp_path DIR/scgi;
  log_format timed '$remote_addr - $remote_user [$time_local] "$request" '
                   '$status $body_bytes_sent "$http_referer" '
                   '"$http_user_agent" $request_time '
                   '$upstream_response_time $upstream_addr $upstream_status';
  log_format keyed '$remote_addr - $remote_user [$time_local] "$request" '
                   '$status $body_bytes_sent "$http_referer" '
                   '"$http_user_agent" "$http_x_forwarded_for" '
                   'rt=$request_time uct="$upstream_connect_time" '
                   'urt="$upstream_response_time" ua="$upstream_addr" '
                   'us="$upstream_status"';
  log_format json escape=json '{"time":"$time_iso8601","msec":"$msec",'
                   '"request":"$request","status":"$status",'
                   '"request_time":"$request_time",'
                   '"upstream_addr":"$upstream_addr",'
                   '"upstream_status":"$upstream_status",'
                   '"upstream_response_time":"$upstream_response_time"}';
  upstream both {
    server unix:DIR/nobody.sock max_fails=0;
    server unix:DIR/server.sock max_fails=0;
  }
  server {
    listen unix:DIR/server.sock;
    location / { return 200 "hello"; }
    location /bad { return 503; }
    location /none { return 404; }
  }
  server {
    listen unix:DIR/proxy.sock;
    access_log DIR/timed.log timed;
    access_log DIR/keyed.log keyed;
    access_log DIR/json.log json;
    location / { proxy_pass http://both; }
    location /own { return 200 "own"; }
  }
}
)";

constexpr const char* kHaproxyConf = R"(
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend users
  bind unix@DIR/haproxy.sock
  default_backend servers
backend servers
  server one unix@DIR/server.sock
)";

// Twelve requests to each proxy: 8 answers, two times 503, 404, and one that
// nginx answers itself.
constexpr const char* kScript = R"sh(
set -e
cd DIR
nginx -e DIR/error.log -p DIR -c DIR/nginx.conf
haproxy -f DIR/haproxy.cfg >DIR/haproxy.log 2>DIR/haproxy.err &
haproxy=$!
stop() {
  local nginx=$(cat DIR/nginx.pid)
  kill $haproxy $nginx
  while kill -0 $nginx 2>DIR/gone; do sleep 0.05; done
}
trap stop EXIT
for i in $(seq 100); do [ -S haproxy.sock ] && break; sleep 0.05; done
for socket in proxy haproxy; do
  for path in 1 2 3 4 5 6 7 8 bad bad none own; do
    curl -s -o DIR/answer --unix-socket DIR/$socket.sock "http://x/$path?a=b"
  done
done
# The last lines are written when the connection has ended.
for i in $(seq 100); do
  [ "$(grep -c HTTP haproxy.log)" = 12 ] && break
  sleep 0.05
done
)sh";

class RecordingOfProgram : public RecordingSetup {
 protected:
  void SetUp() override {
    Write("nginx.conf", kNginxConf);
    Write("haproxy.cfg", kHaproxyConf);
    Write("script", kScript);
    const std::string command = "PATH=$PATH:/usr/sbin bash " +
                                folder_.File("script") + " >" +
                                folder_.File("out") + " 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0)
        << Content("out") << Content("error.log") << Content("haproxy.err");
  }

  std::string Content(const std::string& name) const {
    std::ostringstream content;
    content << std::ifstream(folder_.File(name)).rdbuf();
    return content.str();
  }

  // How many attempts ended so, at backends whose names end like this.
  static int Count(const Recording& recording, const std::string& backend,
                   els::Outcome outcome) {
    int count = 0;
    for (const RecordedAttempt& attempt : recording.attempts) {
      const std::string& name = recording.backends[attempt.backend];
      if (name.ends_with(backend) && attempt.outcome == outcome) ++count;
    }
    return count;
  }

 private:
  void Write(const std::string& name, const char* text) const {
    const std::string folder = folder_.File("");
    std::ofstream(folder_.File(name)) << absl::StrReplaceAll(
        text, {{"DIR", folder.substr(0, folder.size() - 1)}});
  }

  const TemporaryFolder folder_;
};

TEST_F(RecordingOfProgram, IsWhatTheServersDid) {
  using els::Outcome;
  for (const char* log : {"timed.log", "keyed.log", "json.log"}) {
    const auto recording = Read(Content(log));
    ASSERT_TRUE(recording.ok()) << recording.status() << Content(log);
    EXPECT_EQ(recording->requests, 11u) << recording->story;
    EXPECT_NE(recording->story.find("1 without a backend"), std::string::npos)
        << recording->story;
    EXPECT_EQ(recording->backends.size(), 2u) << Content(log);
    EXPECT_EQ(Count(*recording, "/server.sock", Outcome::kSuccess), 8);
    EXPECT_EQ(Count(*recording, "/server.sock", Outcome::kFailure), 2);
    EXPECT_EQ(Count(*recording, "/server.sock", Outcome::kNeutral), 1);
    // Of the two, each is asked first in turn.
    EXPECT_GE(Count(*recording, "/nobody.sock", Outcome::kFailure), 5);
    EXPECT_EQ(recording->most_attempts, 2u);
    EXPECT_EQ(recording->work, WorkKind::kLatencies);
    EXPECT_LT(Length(*recording), std::chrono::minutes(1));
  }
  const auto recording = Read(Content("haproxy.log"));
  ASSERT_TRUE(recording.ok()) << recording.status() << Content("haproxy.log");
  EXPECT_EQ(recording->requests, 12u) << recording->story;
  EXPECT_EQ(recording->backends, std::vector<std::string>{"servers/one"});
  EXPECT_EQ(Count(*recording, "one", Outcome::kFailure), 2);
  EXPECT_EQ(Count(*recording, "one", Outcome::kNeutral), 1);
}

}  // namespace
}  // namespace els_sim
