#pragma once

// Debian's nginx with els inside, as a program of its own.

#include <sys/types.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace nginx_module {

struct Settings {
  std::string upstream = {};      // What stands in the block of "api".
  std::string location = {};      // What stands where requests are passed on.
  std::string http = {};          // What else there is in the http block.
  std::string connection = "''";  // The header Connection.
  std::string pass = "proxy_pass http://api;";
  int workers = 1;
  bool one_process = false;             // Neither master nor workers.
  std::vector<std::string> under = {};  // A program that runs nginx, like
                                        // valgrind; its flags.
};

// "server 127.0.0.1:PORT EXTRA; server ...; "
std::string Servers(const std::vector<std::uint16_t>& ports,
                    const std::string& extra = "max_fails=0");

class Nginx {
 public:
  explicit Nginx(const Settings& settings);

  std::uint16_t port() const { return port_.port(); }

  // Sends GET and returns the first line of what comes back.
  std::string Get(const std::string& path = "/") const;

  // The servers of "api" as els_status tells them, the backups last.
  boost::json::array Status() const;
  // A count of the server at this place, such as "picks".
  std::int64_t Count(std::size_t server, const char* name) const;
  // The worker that answers /els.
  pid_t Worker() const;

  // SIGHUP, with another block of "api" if one is given. Returns at once.
  void Reload(const std::string& upstream = "");
  // Ends it as `nginx -s quit` does; its exit status.
  int Quit();

  // What it wrote to the error log so far, without what upstreams did.
  std::string Complaints() const;
  std::string ErrorLog() const;

  // Attempts by the port of their server, of all requests that were logged.
  // REQUIRES: Quit has returned.
  std::map<std::uint16_t, int> Tries() const;
  // The servers that each request went to, in order. REQUIRES: as above.
  std::vector<std::vector<std::uint16_t>> Routes() const;

 private:
  void Write(const std::string& upstream) const;
  std::vector<std::string> Command() const;

  const Settings settings_;
  TemporaryFolder folder_;
  access_point::DeadPort port_;  // Held for nginx, which listens on it, too.
  access_point::Child program_;
};

// What `nginx -t` says of a block of "api", and its exit status.
struct Verdict {
  std::string said;
  int status;
};
// `options` is what stands in the file options.txt beside the configuration.
Verdict Check(const std::string& upstream, const std::string& options = "");
// The same of what stands in an http block.
Verdict CheckHttp(const std::string& http);

}  // namespace nginx_module
