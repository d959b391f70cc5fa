#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples/demo/child.h"
#include "examples/demo/load.h"
#include "tests/demo/run_to_end.h"

namespace demo {

// An els-demo-backend of a test's own.
class BackendProcess {
 public:
  BackendProcess(boost::asio::io_context& io, std::vector<std::string> flags)
      : io_(io), child_(io.get_executor(), "backend", Command(flags)) {
    const std::string line = RunToEnd(io, child_.ReadLine()).value();
    const auto port = std::stoi(line.substr(line.rfind(':') + 1));
    endpoint_ = {boost::asio::ip::address_v4::loopback(),
                 static_cast<std::uint16_t>(port)};
  }

  pid_t pid() const { return child_.pid(); }
  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }

  // What it counts under `name`.
  std::uint64_t Count(const std::string& name) {
    const std::string stats = RunToEnd(io_, Fetch(endpoint_, "/stats"));
    return boost::json::value_to<std::uint64_t>(
        boost::json::parse(stats).at(name));
  }

 private:
  static std::vector<std::string> Command(std::vector<std::string> flags) {
    flags.insert(flags.begin(), ELS_DEMO_BACKEND);
    return flags;
  }

  boost::asio::io_context& io_;
  Child child_;
  boost::asio::ip::tcp::endpoint endpoint_;
};

}  // namespace demo
