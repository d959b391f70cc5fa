#include "tests/nginx/nginx.h"

#include <unistd.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/access_point/chaos.h"

namespace nginx_module {
namespace {

using access_point::Child;
using access_point::Eventually;
using access_point::Message;
using access_point::Wire;

void WriteFile(const std::string& file, const std::string& content) {
  std::ofstream(file) << content;
}

std::string Content(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  return content.str();
}

constexpr char kTemporary[] =
    "client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;\n"
    "uwsgi_temp_path t; scgi_temp_path t;\n";

std::string Configuration(const Settings& settings, const std::string& upstream,
                          std::uint16_t port) {
  return absl::StrCat(
      "load_module " ELS_NGINX_MODULE ";\n",
      ::geteuid() == 0 ? "user root;\n" : "",
      "daemon off; pid nginx.pid; error_log error.log info;\n",
      settings.one_process ? "master_process off;\n" : "", "worker_processes ",
      settings.workers, ";\n",
      "events { worker_connections 1024; }\n"
      "http {\n"
      "log_format tries '$upstream_addr';\n"
      "access_log access.log tries;\n",
      kTemporary, "upstream api {\n", upstream, "\n}\n", settings.http,
      "\nserver {\nlisten 127.0.0.1:", port,
      " reuseport;\nlocation = /els { access_log off; els_status; }\n"
      "location / {\nproxy_http_version 1.1;\n"
      "proxy_set_header Connection ",
      settings.connection, ";\n", settings.location, "\n", settings.pass,
      "\n}\n}\n}\n");
}

Verdict CheckFile(const std::string& configuration,
                  const std::string& options) {
  const TemporaryFolder folder;
  WriteFile(folder.File("nginx.conf"), configuration);
  WriteFile(folder.File("options.txt"), options);
  Child program(
      {"sh", "-c",
       absl::StrCat("exec " ELS_NGINX " -t -e stderr -c nginx.conf -p ",
                    folder.File(""), " 2>&1")});
  const int status = program.Wait();
  return {program.out(), status};
}

}  // namespace

std::string Servers(const std::vector<std::uint16_t>& ports,
                    const std::string& extra) {
  std::string servers;
  for (const std::uint16_t port : ports) {
    absl::StrAppend(&servers, "server 127.0.0.1:", port, " ", extra, "; ");
  }
  return servers;
}

Nginx::Nginx(const Settings& settings)
    : settings_(settings), program_(Command()) {
  const bool listens = Eventually([this] {
    try {
      Get("/els");
      return true;
    } catch (const std::exception&) {
      return false;
    }
  });
  if (!listens) throw std::runtime_error(ErrorLog());
}

std::vector<std::string> Nginx::Command() const {
  Write(settings_.upstream);
  std::vector<std::string> command = {
      "sh", "-c", absl::StrCat("exec \"$@\" 2>>", folder_.File("err")), "sh"};
  command.insert(command.end(), settings_.under.begin(), settings_.under.end());
  command.insert(command.end(), {ELS_NGINX, "-e", folder_.File("error.log"),
                                 "-p", folder_.File(""), "-c", "nginx.conf"});
  return command;
}

void Nginx::Write(const std::string& upstream) const {
  WriteFile(folder_.File("nginx.conf"),
            Configuration(settings_, upstream, port()));
}

std::string Nginx::Get(const std::string& path) const {
  Wire wire = Wire::To(port());
  wire.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: a\r\n\r\n"));
  return wire.Read().Start();
}

boost::json::array Nginx::Status() const {
  Wire wire = Wire::To(port());
  wire.Send("GET /els HTTP/1.1\r\nHost: a\r\n\r\n");
  return boost::json::parse(wire.Read().body)
      .at("upstreams")
      .at(0)
      .at("servers")
      .as_array();
}

std::int64_t Nginx::Count(std::size_t server, const char* name) const {
  return Status().at(server).at(name).to_number<std::int64_t>();
}

pid_t Nginx::Worker() const {
  Wire wire = Wire::To(port());
  wire.Send("GET /els HTTP/1.1\r\nHost: a\r\n\r\n");
  return boost::json::parse(wire.Read().body).at("pid").to_number<pid_t>();
}

void Nginx::Reload(const std::string& upstream) {
  if (!upstream.empty()) Write(upstream);
  program_.Signal(SIGHUP);
}

int Nginx::Quit() {
  program_.Signal(SIGQUIT);
  return program_.Wait();
}

std::string Nginx::ErrorLog() const {
  return absl::StrCat(Content(folder_.File("error.log")),
                      Content(folder_.File("err")));
}

std::string Nginx::Complaints() const {
  std::string complaints;
  for (const absl::string_view line : absl::StrSplit(ErrorLog(), '\n')) {
    const bool bad = absl::StrContains(line, "[emerg]") ||
                     absl::StrContains(line, "[alert]") ||
                     absl::StrContains(line, "[crit]") ||
                     absl::StrContains(line, "exited on signal") ||
                     (absl::StrContains(line, "[error]") &&
                      !absl::StrContains(line, "upstream: \""));
    if (bad) absl::StrAppend(&complaints, line, "\n");
  }
  return complaints;
}

std::vector<std::vector<std::uint16_t>> Nginx::Routes() const {
  std::vector<std::vector<std::uint16_t>> routes;
  const std::string log = Content(folder_.File("access.log"));
  for (const absl::string_view line :
       absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    routes.emplace_back();
    for (const absl::string_view address : absl::StrSplit(line, ", ")) {
      // The name of the upstream stands where there was no server to ask.
      const std::size_t colon = address.find(':');
      if (colon == absl::string_view::npos) continue;
      std::uint32_t port = 0;
      if (!absl::SimpleAtoi(address.substr(colon + 1), &port)) {
        throw std::runtime_error(std::string(line));
      }
      routes.back().push_back(static_cast<std::uint16_t>(port));
    }
  }
  return routes;
}

std::map<std::uint16_t, int> Nginx::Tries() const {
  std::map<std::uint16_t, int> tries;
  for (const std::vector<std::uint16_t>& route : Routes()) {
    for (const std::uint16_t port : route) ++tries[port];
  }
  return tries;
}

Verdict Check(const std::string& upstream, const std::string& options) {
  return CheckFile(Configuration({}, upstream, 1), options);
}

Verdict CheckHttp(const std::string& http) {
  return CheckFile(
      absl::StrCat("load_module " ELS_NGINX_MODULE
                   "; pid nginx.pid; events {}\nhttp { access_log off;\n",
                   kTemporary, http, "\n}\n"),
      "");
}

}  // namespace nginx_module
